import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handler as drive } from '../../handlers/drive.ts';
import { handler as event } from '../../handlers/event.ts';
import { handler as http } from '../../handlers/http.ts';
import { handler as schedule } from '../../handlers/schedule.ts';
import type { FgContext } from '../../lib/runtime/context.ts';
import { payloads } from '../../events/index.ts';

type Handler = (event: unknown, context: FgContext) => Promise<unknown>;

const settings: Record<string, string> = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_PROJECT_ID: 'p1',
  PHONEVAULT_BUCKET: 'backups',
  PHONEVAULT_TOPIC_URN: 'urn:smn:cn-north-4:p1:t',
};
const context = (userData: Record<string, string>): FgContext => ({
  getRequestID: () => 'request-4711',
  getUserData: (name) => userData[name],
});

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

describe('each line of a function has its request id', () => {
  it.each<[string, Handler, unknown]>([
    ['schedule', schedule, payloads.timerPlain.event],
    ['http', http, payloads.apigShowRun.event],
    ['event', event, payloads.ctsCreatePhone.event],
    ['drive', drive, payloads.timerPlain.event],
  ])('when a setting of %s is missing', async (_, handler, given) => {
    await handler(given, context({})).catch(() => undefined);
    expect(requests()).toEqual(['invocation_failed request-4711']);
  });

  it.each<[string, Handler, unknown]>([
    ['schedule', schedule, payloads.timerPlain.event],
    ['event', event, payloads.ctsCreatePhone.event],
    ['drive', drive, payloads.timerPlain.event],
  ])('when the agency of %s is missing', async (_, handler, given) => {
    await expect(handler(given, context(settings))).rejects.toThrow('agency');
    expect(requests().at(-1)).toBe('invocation_failed request-4711');
  });

  it.each<[string, Handler, unknown, string]>([
    ['schedule', schedule, payloads.ctsCreatePhone.event, 'event_ignored'],
    ['http', http, payloads.timerPlain.event, 'http_refused'],
  ])('when %s gets the event of another trigger', async (_, handler, given, name) => {
    await handler(given, context(settings));
    expect(requests()).toEqual([`${name} request-4711`]);
  });
});

function requests(): string[] {
  return lines.map((line) => {
    const { event: name, request } = JSON.parse(line) as Record<string, string>;
    return `${name} ${request}`;
  });
}
