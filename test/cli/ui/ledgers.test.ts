import { describe, expect, it } from 'vitest';
import { createUi } from '../../../cli/ui/app.tsx';
import { createLedger } from '../../../cli/ui/ledgers.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight } from '../support/cli-night.ts';

describe('createLedger', () => {
  it('reads the bucket with the credentials of the command, and signs in again after a refusal', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    const runId = await cli.night.requestRun();
    const { phones } = await cli.night.settle(runId);
    const ledger = createLedger(cli.io, 'here', 'prod');
    const [phone] = phones;

    const { policies } = await ledger.overview();
    const [nightly] = policies;
    expect(nightly?.status.phones).toMatchObject({ fresh: 6 });
    expect(await ledger.failures(runId)).toEqual([]);
    expect(await ledger.run(runId)).toMatchObject({ run_id: runId, outcome: 'completed' });
    expect(await ledger.run('nightly-20200101t000000z')).toBeUndefined();
    expect(nightly && (await ledger.phones(nightly.status))).toHaveLength(6);
    expect((await ledger.archives(phone?.phone_id ?? '')).archives).toHaveLength(1);
    expect((await ledger.archives('nobody')).archives).toEqual([]);

    cli.night.clock.move(2 * 86_400_000);
    await expect(ledger.overview()).rejects.toMatchObject({ code: 'credentials_refused' });
    cli.renew();
    expect((await ledger.overview()).policies).toHaveLength(1);
  });

  it('shows on the page what a run of the embedded cloud came to', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.settle(await cli.night.requestRun());
    const ui = createUi({
      ledgers: [createLedger(cli.io, 'here', 'prod')],
      ...{ clock: cli.io.clock, zone: cli.io.zone },
    });
    const response = await ui.respond(new Request('http://127.0.0.1/'));
    expect(await response.text()).toContain('6 fresh');
  });
});
