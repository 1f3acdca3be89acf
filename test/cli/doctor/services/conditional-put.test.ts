import { describe, expect, it } from 'vitest';
import { doctorNight } from '../../support/doctor-night.ts';

const argv = ['--write'];

describe('conditional_put', () => {
  it.each([
    ['honoured', 'supported'],
    ['ignored', 'ignored'],
    ['refused', 'refused'],
  ] as const)(
    'detects conditional PUT %s, and leaves nothing behind',
    async (conditionalPut, start) => {
      const cli = await doctorNight({ bare: true, conditionalPut });
      const before = await cli.keys();
      const { outcome, message } = await cli.finding('conditional_put', { argv });
      expect(outcome).toBe('ok');
      expect(message.startsWith(start)).toBe(true);
      expect(await cli.keys()).toEqual(before);
    },
  );

  it('writes nothing without --write', async () => {
    const cli = await doctorNight();
    const before = cli.night.writes.length;
    expect((await cli.finding('conditional_put')).outcome).toBe('skipped');
    expect(cli.night.writes.length).toBe(before);
  });

  it('fails when writing is denied', async () => {
    const cli = await doctorNight({ bare: true });
    const denied = { kind: 'error', status: 403, code: 'AccessDenied' } as const;
    cli.night.cloud.control.addFault({ service: 'obs', operation: 'PutObject', ...denied });
    const { outcome, fix, code } = await cli.finding('conditional_put', { argv });
    expect({ outcome, code }).toEqual({ outcome: 'failed', code: 1 });
    expect(fix).toContain('obs:object:PutObject');
  });

  it('fails when deleting is denied, and names the leftover object', async () => {
    const cli = await doctorNight({ bare: true });
    const denied = { kind: 'error', status: 403, code: 'AccessDenied' } as const;
    for (const operation of ['DeleteObject', 'DeleteObjects']) {
      cli.night.cloud.control.addFault({ service: 'obs', operation, ...denied });
    }
    const { outcome, message, fix } = await cli.finding('conditional_put', { argv });
    const [left] = (await cli.keys()).filter((key) => key.startsWith('state/probe/'));
    expect(outcome).toBe('failed');
    expect(message).toContain(`obs://phonevault-demo/phonevault/${left}`);
    expect(fix).toContain('obs:object:DeleteObject');
  });

  it('deletes the object of a write whose response was lost', async () => {
    const cli = await doctorNight({ bare: true });
    const fault = { service: 'obs', operation: 'PutObject', kind: 'error', status: 500 } as const;
    cli.night.cloud.control.addFault({ ...fault, carried_out: true });
    expect((await cli.finding('conditional_put', { argv })).outcome).toBe('unknown');
    expect((await cli.keys()).filter((key) => key.startsWith('state/probe/'))).toEqual([]);
  });
});
