import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../../testing/night.ts';
import { doctorNight, type DoctorNight } from '../../support/doctor-night.ts';

const MINUTE = 60_000;

async function withPhone(options: Parameters<typeof doctorNight>[0] = {}) {
  const cli = await doctorNight({ bare: true, ...options });
  const phone = (await cli.night.cloud.control.phones()).find(({ status }) => status === 2);
  const id = phone?.phone_id ?? '';
  const check = (...more: string[]) =>
    cli.finding('delegation', { argv: ['--write', '--phone', id, ...more] });
  return { cli, id, check };
}

/** Returns the keys of the bucket outside the ledger. */
async function archives({ night }: DoctorNight): Promise<string[]> {
  const { backend, bucket } = night.cloud;
  const all = await backend.list(bucket, '');
  return all.map(({ key }) => key).filter((key) => !key.startsWith('phonevault/'));
}

/** Returns the keys of all archives ever written. */
const exported = ({ night }: DoctorNight): string[] =>
  night.writes.map(({ key }) => key).filter((key) => key.endsWith('.tar'));

describe('delegation', () => {
  it('is unknown without --write, and says how to test it', async () => {
    const cli = await doctorNight({ bare: true });
    for (const argv of [[], ['--write']]) {
      const { outcome, fix } = await cli.finding('delegation', { argv });
      expect(outcome).toBe('unknown');
      expect(fix).toContain('phonevault doctor --write --phone ID');
    }
    expect(exported(cli)).toEqual([]);
  });

  it('passes when the archive exists, and deletes it', async () => {
    const { cli, id, check } = await withPhone();
    const finding = await check();
    expect(finding).toMatchObject({ outcome: 'ok', subject: 'phonevault-demo' });
    expect(finding.message).toContain('CPH wrote an archive');
    expect(exported(cli)).toEqual([expect.stringContaining(`/${id}.tar`)]);
    expect(await archives(cli)).toEqual([]);
  });

  it('deletes the archive by its version in a bucket with versions', async () => {
    const { cli, check } = await withPhone();
    cli.night.cloud.obs.traits.set('phonevault-demo', { versioning: 'Enabled' });
    expect((await check()).outcome).toBe('ok');
    const [key = ''] = exported(cli);
    expect(await cli.night.cloud.versions.list('phonevault-demo', key)).toEqual([]);
  });

  it.each([
    ['fails_job', 'CPS.0103'],
    ['refuses_call', 'CPS.0346'],
  ] as const)(
    'fails with CPH’s own code when CPH may not write (%s)',
    async (delegation, cphCode) => {
      const { cli, check } = await withPhone({ switches: { delegation } });
      const { outcome, message, fix, code } = await check();
      expect({ outcome, code }).toEqual({ outcome: 'failed', code: 1 });
      expect(message).toContain(cphCode);
      expect(fix).toContain('cph-agency.json');
      expect(await archives(cli)).toEqual([]);
    },
  );

  it('fails when CPH denies the call, and names the permission', async () => {
    const { cli, check } = await withPhone();
    const denied = { kind: 'error', status: 403, code: 'CPS.0001' } as const;
    cli.night.cloud.control.addFault({ service: 'cph', operation: 'batch-storage', ...denied });
    const { outcome, fix } = await check();
    expect(outcome).toBe('failed');
    expect(fix).toContain('cph:phones:storage');
  });

  it('is unknown when the export does not end, and names the archive that may still appear', async () => {
    const { cli, check } = await withPhone();
    cli.night.cloud.control.addFault({ service: 'cph', kind: 'never_ends' });
    const { outcome, fix } = await check();
    expect(outcome).toBe('unknown');
    expect(fix).toMatch(/delete obs:\/\/phonevault-demo\/phonevault-doctor-\w+\/\w+\.tar/);
  });

  it('waits for the archive after a lost response, and deletes it', async () => {
    const { cli, check } = await withPhone();
    const lost = { kind: 'error', status: 502, carried_out: true } as const;
    cli.night.cloud.control.addFault({ service: 'cph', operation: 'batch-storage', ...lost });
    expect((await check()).outcome).toBe('ok');
    cli.night.clock.move(10 * MINUTE);
    await cli.night.cloud.advance();
    expect(await archives(cli)).toEqual([]);
  });

  it('does nothing while a run is open or a drive holds the lease', async () => {
    const { cli, check } = await withPhone();
    const { deps } = cli.night.invocation();
    await deps.store.put('open/nightly-20260101t183000z.json', '{}');
    expect(await check()).toMatchObject({
      outcome: 'unknown',
      message: expect.stringContaining('runs are open') as string,
    });
    await deps.store.remove(['open/nightly-20260101t183000z.json']);
    const lease = {
      version: 1,
      epoch: 99,
      holder: 'x',
      expires_at: cli.night.clock.now() + MINUTE,
    };
    await deps.store.put('state/lease/0000000099.json', JSON.stringify(lease));
    expect(await check()).toMatchObject({
      outcome: 'unknown',
      message: expect.stringContaining('a drive is working') as string,
    });
    expect(exported(cli)).toEqual([]);
  });

  it("releases its lease, which does not count as a drive's", async () => {
    const { cli, check } = await withPhone();
    await cli.night.putPolicy(NIGHTLY);
    await check();
    await cli.night.requestRun();
    cli.night.clock.move(11 * MINUTE);
    expect(await cli.finding('drive')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('no drive has ever taken the lease') as string,
    });
    expect(await cli.night.drive()).toMatchObject({ kind: 'worked' });
  });

  it('does not export a stopped or missing phone', async () => {
    const { cli } = await withPhone();
    const gone = await cli.finding('delegation', { argv: ['--write', '--phone', 'f'.repeat(32)] });
    expect(gone.outcome).toBe('failed');
    const [phone] = await cli.night.cloud.control.phones();
    await cli.night.cloud.control.setStatus(phone?.phone_id ?? '', 4);
    const still = await cli.finding('delegation', {
      argv: ['--write', '--phone', phone?.phone_id ?? ''],
    });
    expect(still).toMatchObject({
      outcome: 'unknown',
      message: expect.stringContaining('is restarting') as string,
    });
    expect(exported(cli)).toEqual([]);
  });

  it('deletes the archive after Ctrl-C', async () => {
    const { cli, id } = await withPhone();
    const { sleep } = cli.io.clock;
    cli.io.clock = {
      ...cli.io.clock,
      sleep: async (ms, signal) => {
        if (ms === 3_000) cli.interrupt();
        await sleep(ms, signal);
      },
    };
    const { code, checks } = await cli.doctor('--write', '--phone', id);
    expect(code).toBe(130);
    expect(checks.find(({ check: name }) => name === 'delegation')?.outcome).toBe('unknown');
    expect(await archives(cli)).toEqual([]);
  });
});
