import { afterEach, beforeEach, vi } from 'vitest';
import type { FgContext } from '../../lib/runtime/context.ts';

/** The settings that the functions need. */
export const SETTINGS: Record<string, string> = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_PROJECT_ID: 'p1',
  PHONEVAULT_BUCKET: 'backups',
  PHONEVAULT_TOPIC_URN: 'urn:smn:cn-north-4:p1:t',
};

/** The context of a function without an agency. */
export const context = (userData: Record<string, string>): FgContext => ({
  getRequestID: () => 'request-4711',
  getUserData: (name) => userData[name],
});

/** Catches what a handler logs in each test. Returns a function that lists the events, each with its request id. */
export function loggedRequests(): () => string[] {
  let lines: string[] = [];
  beforeEach(() => {
    lines = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterEach(() => vi.restoreAllMocks());
  return () =>
    lines.map((line) => {
      const { event: name, request } = JSON.parse(line) as Record<string, string>;
      return `${name} ${request}`;
    });
}
