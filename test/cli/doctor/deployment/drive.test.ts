import { describe, expect, it } from 'vitest';
import { doctorNight } from '../../support/doctor-night.ts';

const MINUTE = 60_000;

describe('drive', () => {
  it('is unknown before the first drive', async () => {
    const cli = await doctorNight();
    expect((await cli.finding('drive')).outcome).toBe('unknown');
  });

  it('passes while open runs progress', async () => {
    const cli = await doctorNight();
    await cli.night.requestRun();
    expect((await cli.finding('drive')).outcome).toBe('ok');
    cli.night.cloud.control.addFault({ service: 'cph', kind: 'never_ends' });
    await cli.night.drive();
    expect(await cli.finding('drive')).toMatchObject({
      outcome: 'ok',
      message: expect.stringMatching(/^1 run open; a drive last worked/) as string,
    });
  });

  it('passes while nothing is open', async () => {
    const cli = await doctorNight();
    await cli.night.settle(await cli.night.requestRun());
    cli.night.clock.move(60 * MINUTE);
    expect(await cli.finding('drive')).toMatchObject({
      outcome: 'ok',
      message: 'no run is open; a drive last worked 1 h ago',
    });
  });

  it('fails when a request waits and no drive works', async () => {
    const cli = await doctorNight();
    await cli.night.requestRun();
    cli.night.clock.move(11 * MINUTE);
    const { outcome, message, fix, code } = await cli.finding('drive');
    expect({ outcome, code }).toEqual({ outcome: 'failed', code: 1 });
    expect(message).toContain('1 object in open/, the oldest 11 min');
    expect(message).toContain('no drive has ever taken the lease');
    expect(fix).toContain('--drive');
  });

  it('fails when drives stopped in the middle of a run', async () => {
    const cli = await doctorNight();
    await cli.night.requestRun();
    cli.night.cloud.control.addFault({ service: 'cph', kind: 'never_ends' });
    await cli.night.drive();
    cli.night.clock.move(15 * MINUTE);
    const { outcome, message } = await cli.finding('drive');
    expect(outcome).toBe('failed');
    expect(message).toMatch(/a drive last worked 1[45] min/);
  });

  it("fails while the functions' credentials are refused", async () => {
    const cli = await doctorNight();
    const since = cli.night.clock.now() - 5 * MINUTE;
    const refused = { version: 1, drives: 5, since, notified: true, retry_at: 0 };
    const { store } = cli.night.invocation().deps;
    await store.put('state/credential-alarm.json', JSON.stringify(refused));
    const { outcome, message } = await cli.finding('drive');
    expect(outcome).toBe('failed');
    expect(message).toMatch(/credentials have been refused since 5 min.*over 5 drives/);
  });

  it('warns of a lease written by a wrong clock', async () => {
    const cli = await doctorNight();
    const expires_at = cli.night.clock.now() + 600 * MINUTE;
    const lease = { version: 1, epoch: 3, holder: 'x', expires_at };
    const { store } = cli.night.invocation().deps;
    await store.put('state/lease/0000000003.json', JSON.stringify(lease));
    const { outcome, message } = await cli.finding('drive');
    expect(outcome).toBe('warning');
    expect(message).toContain('the lease ends in 10 h');
  });

  it('names objects that are not leases', async () => {
    const cli = await doctorNight();
    const { store } = cli.night.invocation().deps;
    await store.put('state/lease/9999999999.json', '{}');
    const { outcome, message } = await cli.finding('drive');
    expect(outcome).toBe('warning');
    expect(message).toContain('state/lease/9999999999.json');
  });
});
