import { describe, expect, it } from 'vitest';
import { requestRestore } from '../../../../lib/run/request/request-restore.ts';
import type { RunView } from '../../../../lib/run/query/schemas/run.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { cliNight } from '../../support/cli-night.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

async function withRun(options: Parameters<typeof cliNight>[0] = {}) {
  const cli = await cliNight(options);
  await cli.night.putPolicy(NIGHTLY);
  return { cli, runId: await cli.night.requestRun() };
}

describe('cancel', () => {
  it('cancels a run before it starts', async () => {
    const { cli, runId } = await withRun();

    const { code, out } = await cli.run('cancel', runId);

    expect(code).toBe(0);
    expect(out).toContain('No new exports are sent; the next drive settles the run.');
    const { report } = await cli.night.settle(runId);
    expect(report.outcome).toBe('cancelled');
    expect(cli.night.exports).toEqual([]);
  });

  it('says that exports in progress end first', async () => {
    const { cli, runId } = await withRun({ phones: 40, servers: 1 });
    await cli.night.drive();
    const sent = cli.night.exports.length;

    const { out } = await cli.run('cancel', runId);

    expect(out).toMatch(/(1 export in progress ends|\d+ exports in progress end) first/);
    const { report } = await cli.night.settle(runId);
    expect(report.counts.exported).toBe(sent);
    expect(report.counts.cancelled).toBeGreaterThan(0);
  });

  it('speaks of a restore as one', async () => {
    const cli = await cliNight({ phones: 1, servers: 1 });
    const { deps } = cli.night.invocation();
    const phone = (await cli.night.cloud.control.phones())[0]!.phone_id;
    const order = { targets: [{ phone }], safety_export: false, restart: true };
    const { runId } = await requestRestore(deps, { token: 't', trigger: 'manual', order });
    const { out } = await cli.run('cancel', runId);
    expect(out).toContain('No further phone is restored; the next drive settles the run.');
  });

  it('prints the run with --json', async () => {
    const { cli, runId } = await withRun();
    const { out } = await cli.run('cancel', runId, '--json');
    expect(JSON.parse(out) as RunView).toMatchObject({ run_id: runId, cancelling: true });
  });

  it('refuses to cancel a settled run, and writes nothing', async () => {
    const { cli, runId } = await withRun();
    await cli.night.settle(runId);
    const before = await cli.keys();

    const { code, err } = await cli.run('cancel', runId);

    expect(code).toBe(1);
    expect(err).toContain(`run ${runId} is already settled (completed)`);
    expect(await cli.keys()).toEqual(before);
  });

  it('suggests a similar run id', async () => {
    const { cli, runId } = await withRun();
    const { code, err } = await cli.run('cancel', `${runId.slice(0, -2)}z`);
    expect(code).toBe(1);
    expect(err).toContain(`did you mean ${runId}?`);
  });
});
