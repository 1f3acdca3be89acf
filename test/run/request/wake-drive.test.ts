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

describe('kickDrive', () => {
  it('invokes drive once', async () => {
    const { wake, urns } = setUp(async () => undefined);
    expect(await wake('urn:drive')).toBe('kicked');
    expect(urns).toEqual(['urn:drive']);
  });

  it('does nothing where drive has no URN', async () => {
    const { wake, urns } = setUp(async () => undefined);
    expect(await wake(undefined)).toBe('unset');
    expect(urns).toEqual([]);
  });

  it('logs a refusal and goes on', async () => {
    const { wake, warnings } = setUp(() => Promise.reject(new Error('FSS.0429')));
    expect(await wake('urn:drive')).toBe('refused');
    expect(warnings).toEqual([['kick_failed', { code: 'unknown', message: 'FSS.0429' }]]);
  });
});
