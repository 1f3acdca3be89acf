import { describe, expect, it } from 'vitest';
import { requestRun } from '../../../../lib/run/request/request-run.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { doctorNight } from '../../support/doctor-night.ts';

const DAY = 86_400_000;

describe('policies', () => {
  it('counts policies when all are valid', async () => {
    const cli = await doctorNight();
    await cli.night.putPolicy(
      `${NIGHTLY.replace('name: nightly', 'name: off')}enabled: false\n`,
      'off',
    );
    expect(await cli.finding('policies')).toMatchObject({
      outcome: 'ok',
      message: '2 policies: 1 active, 1 disabled',
    });
  });

  it('fails with the first error of an invalid policy', async () => {
    const cli = await doctorNight();
    await cli.night.putPolicy('name: broken\n', 'broken');
    const { outcome, message, fix, code } = await cli.finding('policies');
    expect({ outcome, code }).toEqual({ outcome: 'failed', code: 1 });
    expect(message).toMatch(/^broken: /);
    expect(fix).toContain('phonevault validate');
  });

  it('warns without policies', async () => {
    const cli = await doctorNight({ bare: true });
    const { outcome, fix } = await cli.finding('policies');
    expect(outcome).toBe('warning');
    expect(fix).toContain('obs://phonevault-demo/phonevault/policies/<name>.yaml');
  });
});

describe('runs', () => {
  it('passes after a good run', async () => {
    const cli = await doctorNight();
    await cli.night.settle(await cli.night.requestRun());
    const { outcome, message } = await cli.finding('runs');
    expect(outcome).toBe('ok');
    expect(message).toMatch(/^last good runs: nightly just now$/);
  });

  it('fails for a stale policy', async () => {
    const cli = await doctorNight();
    await cli.night.tick();
    await cli.night.settle(await cli.night.requestRun());
    cli.night.clock.move(4 * DAY);
    cli.renew();
    const { outcome, message, code } = await cli.finding('runs');
    expect({ outcome, code }).toEqual({ outcome: 'failed', code: 1 });
    expect(message).toMatch(/^nightly is stale: 0 fresh, 6 late, last good run 4 d/);
  });

  it('passes when a run of some phones completed', async () => {
    const cli = await doctorNight();
    const all = await cli.night.cloud.control.phones();
    const phone = all.find(({ status }) => status === 2)?.phone_id ?? '';
    const { deps } = cli.night.invocation();
    const request = { policy: 'nightly', token: 'one', trigger: 'http' } as const;
    const { runId } = await requestRun(deps, { ...request, phones: [phone] });
    const { report } = await cli.night.settle(runId);
    expect(report.outcome).toBe('completed');
    expect((await cli.finding('runs')).outcome).toBe('ok');
  });

  it('warns when the last run was not good', async () => {
    const cli = await doctorNight();
    const [phone] = await cli.night.cloud.control.phones();
    cli.night.cloud.control.addFault({
      service: 'cph',
      kind: 'job_failed',
      code: 'CPS.0107',
      phones: [phone?.phone_id ?? ''],
    });
    const runId = await cli.night.requestRun();
    await cli.night.settle(runId);
    const { outcome, message, fix } = await cli.finding('runs');
    expect(outcome).toBe('warning');
    expect(message).toContain('the last run of nightly was partial');
    expect(fix).toContain(`phonevault runs show ${runId}`);
  });
});
