import { describe, expect, it } from 'vitest';
import { withPolicy, runIdIn } from '../support/with-runs.ts';

const idle = async (): Promise<void> => undefined;

describe('watching to the end', () => {
  it('leaves the run open after Ctrl-C, and prints how to show and cancel it', async () => {
    const cli = await withPolicy();
    cli.whileWaiting = async () => void cli.interrupt();

    const { code, out, err } = await cli.run('run', 'nightly');

    const runId = runIdIn(err);
    expect(code).toBe(130);
    expect(out).toBe('');
    expect(err).toContain('The run continues.');
    expect(err).toContain(`phonevault runs show ${runId}`);
    expect(err).toContain(`phonevault cancel ${runId}`);
    expect(await cli.keys()).toContain(`open/${runId}.json`);
    expect(cli.interrupt()).toBe(false);
  });

  it('finishes its step after Ctrl-C, releases the lease and says how to continue', async () => {
    const cli = await withPolicy();
    let waits = 0;
    cli.whileWaiting = async () => void (++waits === 10 && cli.interrupt());

    const { code, err } = await cli.run('run', 'nightly', '--drive');

    expect(code).toBe(130);
    expect(err).toContain('If no function drives it');
    const { drive, settle } = cli.night;
    expect((await drive()).kind).toBe('worked');
    const { report } = await settle(runIdIn(err));
    expect(report.outcome).toBe('completed');
    const sent = cli.night.exports.map(({ phone_id }) => phone_id);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it('reports what stops every drive, and that the run stays open', async () => {
    const cli = await withPolicy();
    const refused = { kind: 'error', status: 401, code: 'APIGW.0301' } as const;
    for (const operation of ['list-phones', 'list-servers']) {
      cli.night.cloud.control.addFault({ service: 'cph', operation, ...refused });
    }
    cli.whileWaiting = idle;

    const { code, err } = await cli.run('run', 'nightly', '--drive');

    expect(code).toBe(1);
    expect(err).toContain('error: ');
    expect(err).toMatch(/Run nightly-\w+ stays requested/);
  });
});
