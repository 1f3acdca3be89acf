import { describe, expect, it } from 'vitest';
import { wakeDrive } from '../../../lib/run/request/wake-drive.ts';

function setUp(invokeAsync: () => Promise<void>) {
  const warnings: unknown[] = [];
  const urns: string[] = [];
  const log = {
    info: () => undefined,
    warn: (event: string, fields?: object) => void warnings.push([event, fields]),
    error: () => undefined,
  };
  const functiongraph = {
    invokeAsync: (urn: string) => (urns.push(urn), invokeAsync()),
  };
  const wake = (driveUrn: string | undefined) => wakeDrive({ log }, { functiongraph, driveUrn });
  return { wake, urns, warnings };
}

describe('wakeDrive', () => {
  it('invokes drive once', async () => {
    const { wake, urns } = setUp(async () => undefined);
    expect(await wake('urn:drive')).toBe('woken');
    expect(urns).toEqual(['urn:drive']);
  });

  it('does nothing without a URN', async () => {
    const { wake, urns } = setUp(async () => undefined);
    expect(await wake(undefined)).toBe('no_urn');
    expect(urns).toEqual([]);
  });

  it('logs a failure and does not throw', async () => {
    const { wake, warnings } = setUp(() => Promise.reject(new Error('FSS.0429')));
    expect(await wake('urn:drive')).toBe('failed');
    expect(warnings).toEqual([['wake_failed', { code: 'unknown', message: 'FSS.0429' }]]);
  });
});
