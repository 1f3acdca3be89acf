import { describe, expect, it } from 'vitest';
import { writeUnreadable } from '../../../lib/ledger/state/notified/unreadable.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight, denyGet } from '../support/cli-night.ts';

const DAY = 86_400_000;

describe('unreadable objects', () => {
  it('shows the other policies, and which object cannot be read, since when and what to do', async () => {
    const cli = await cliNight({ io: { columns: 80 } });
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.putPolicy(NIGHTLY.replace('name: nightly', 'name: weekly'), 'weekly');
    const { store } = cli.night.invocation().deps;
    const rests = {
      code: 'object_unreadable',
      message: 'open/x.json cannot be read: 500',
      attempts: 1,
    };
    const now = cli.night.clock.now();
    const times = { since: now - DAY, tried_at: now, retry_at: now + 60_000 };
    await writeUnreadable(store, new Map([['open/x.json', { ...rests, ...times }]]));
    denyGet(cli, '/policies/weekly.yaml');

    const { code, out } = await cli.run('status');
    const check = await cli.run('status', '--check', '--json');

    expect(code).toBe(0);
    expect(out).toContain('nightly  active, no backup yet');
    expect(out).toContain('weekly  UNREADABLE');
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /unreadable open\/x.json cannot be read: 500 since .* \(1 d ago\) next try .* \(in 1 min\) unreadable policies\/weekly.yaml cannot be read: .* AccessDenied \(HTTP 403, request 00A1\) fix Grant the functions' agency obs:object:GetObject/,
    );
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(check.code).toBe(1);
    expect(JSON.parse(check.out)).toMatchObject({
      policies: [{ policy: 'nightly' }, { policy: 'weekly', state: 'unreadable' }],
      unreadable: [
        { key: 'open/x.json', since: new Date(now - DAY).toISOString() },
        { key: 'policies/weekly.yaml', since: null, retry_at: null },
      ],
    });
  });
});
