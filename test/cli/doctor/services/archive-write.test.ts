import { describe, expect, it } from 'vitest';
import type { BucketTraits } from '../../../../local/obs/operations/call.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { doctorNight, type DoctorNight } from '../../support/doctor-night.ts';

const ARCHIVES = 'archives';
const argv = ['--write'];
const intoArchives = NIGHTLY.replace('bucket: phonevault-demo', `bucket: ${ARCHIVES}`);

async function doctorOf(traits: BucketTraits = {}) {
  const cli = await doctorNight({ bare: true });
  await cli.night.cloud.backend.createBucket(ARCHIVES);
  cli.night.cloud.obs.traits.set(ARCHIVES, traits);
  await cli.night.putPolicy(intoArchives);
  return { cli, check: () => cli.finding('archive_write', { subject: ARCHIVES, argv }) };
}

const probes = ({ night }: DoctorNight): string[] =>
  night.writes.map(({ key }) => key).filter((key) => key.includes('phonevault-doctor-'));

const keptIn = async ({ night }: DoctorNight): Promise<string[]> =>
  (await night.cloud.backend.list(ARCHIVES, '')).map(({ key }) => key);

describe('archive_write', () => {
  it('writes nothing without --write, and says so', async () => {
    const { cli } = await doctorOf();
    const { outcome, message } = await cli.finding('archive_write');
    expect(outcome).toBe('skipped');
    expect(message).toContain('was not tried');
    expect(probes(cli)).toEqual([]);
  });

  it('writes a probe to the folder of each enabled policy, and deletes it', async () => {
    const { cli, check } = await doctorOf();
    const more = (name: string, text = '') =>
      cli.night.putPolicy(intoArchives.replace('name: nightly', `name: ${name}\n${text}`), name);
    await more('off', 'enabled: false');
    await more('weekly');
    expect(await check()).toMatchObject({ outcome: 'ok' });
    expect(probes(cli).sort()).toEqual([
      expect.stringMatching(/^nightly\/\d{8}\/phonevault-doctor-[\w-]+\.json$/),
      expect.stringMatching(/^weekly\/\d{8}\/phonevault-doctor-[\w-]+\.json$/),
    ]);
    expect(await keptIn(cli)).toEqual([]);
  });

  it('is skipped when no policy is enabled', async () => {
    const { cli } = await doctorOf();
    await cli.night.putPolicy(`${intoArchives}enabled: false\n`);
    expect((await cli.finding('archive_write', { argv })).outcome).toBe('skipped');
    expect(probes(cli)).toEqual([]);
  });

  it.each(['Enabled', 'Suspended'] as const)(
    'deletes the probe by its version: versioning %s',
    async (versioning) => {
      const { cli, check } = await doctorOf({ versioning });
      expect((await check()).outcome).toBe('ok');
      const [key = ''] = probes(cli);
      expect(await cli.night.cloud.versions.list(ARCHIVES, key)).toEqual([]);
    },
  );

  it.each<[string, BucketTraits, string]>([
    ['DELETE', { denied: [{ action: 'DeleteObject' }] }, 'obs:object:DeleteObject,'],
    [
      'DELETE of a version',
      { versioning: 'Enabled', denied: [{ action: 'DeleteObjectVersion' }] },
      'obs:object:DeleteObjectVersion',
    ],
  ])('fails when the bucket refuses %s, and names the right and what stays', async (...row) => {
    const [, traits, right] = row;
    const { cli, check } = await doctorOf(traits);
    const { outcome, message, fix } = await check();
    expect(outcome).toBe('failed');
    const [key = ''] = probes(cli);
    expect(await cli.night.cloud.versions.list(ARCHIVES, key)).not.toEqual([]);
    expect(message).toContain(`obs://${ARCHIVES}/${key} could not be deleted`);
    expect(fix).toContain(right);
    expect(fix).toContain('delete what stays yourself');
  });

  it('warns of a probe under a lock, and names it', async () => {
    const { cli, check } = await doctorOf({ lock: { days: 30 } });
    const { outcome, message } = await check();
    const [key = ''] = probes(cli);
    expect(outcome).toBe('warning');
    expect(message).toContain(`obs://${ARCHIVES}/${key} could not be deleted`);
    expect(message).toContain('30 days');
  });

  it('names the right to write, and leaves nothing, when PUT is refused', async () => {
    const { cli, check } = await doctorOf();
    const denied = { kind: 'error', status: 403, code: 'AccessDenied' } as const;
    cli.night.cloud.control.addFault({ service: 'obs', operation: 'PutObject', ...denied });
    const { outcome, message, fix } = await check();
    expect(outcome).toBe('failed');
    expect(message).toContain(`obs://${ARCHIVES}/nightly/`);
    expect(fix).toContain('obs:object:PutObject');
    expect(await keptIn(cli)).toEqual([]);
  });

  it('names the right to read when HEAD is refused, and what stays', async () => {
    const { cli, check } = await doctorOf();
    const denied = { kind: 'error', status: 403 } as const;
    cli.night.cloud.control.addFault({ service: 'obs', operation: 'HeadObject', ...denied });
    const { outcome, message, fix } = await check();
    expect(outcome).toBe('failed');
    expect(await keptIn(cli)).toHaveLength(1);
    expect(message).toContain(`obs://${ARCHIVES}/${(await keptIn(cli))[0]}`);
    expect(fix).toContain('obs:object:GetObject');
  });

  it('deletes the probe of a write whose response was lost', async () => {
    const { cli, check } = await doctorOf();
    const fault = { service: 'obs', operation: 'PutObject', kind: 'error', status: 500 } as const;
    cli.night.cloud.control.addFault({ ...fault, carried_out: true });
    expect((await check()).outcome).toBe('unknown');
    expect(await keptIn(cli)).toEqual([]);
  });

  it('fails for a bucket that does not exist', async () => {
    const { cli } = await doctorOf();
    await cli.night.putPolicy(NIGHTLY.replace('bucket: phonevault-demo', 'bucket: no-such-bucket'));
    const finding = await cli.finding('archive_write', { subject: 'no-such-bucket', argv });
    expect(finding).toMatchObject({ outcome: 'failed' });
    expect(finding.message).toContain('no-such-bucket');
  });
});
