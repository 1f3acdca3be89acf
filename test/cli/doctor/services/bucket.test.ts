import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../../testing/night.ts';
import { doctorNight } from '../../support/doctor-night.ts';

const subject = 'phonevault-demo';

describe('bucket', () => {
  it("passes for plain buckets of the region: the ledger's and every policy's", async () => {
    const cli = await doctorNight({ bare: true });
    await cli.night.cloud.backend.createBucket('archives-2');
    await cli.night.putPolicy(NIGHTLY.replace('bucket: phonevault-demo', 'bucket: archives-2'));
    const { checks } = await cli.doctor();
    const buckets = checks.filter(({ check }) => check === 'bucket');
    expect(buckets.map((one) => [one.subject, one.outcome])).toEqual([
      [subject, 'ok'],
      ['archives-2', 'ok'],
    ]);
  });

  it('passes for a bucket whose name has dots, also with --write', async () => {
    const cli = await doctorNight({ bare: true });
    await cli.night.cloud.backend.createBucket('my.phone.backups');
    await cli.night.putPolicy(
      NIGHTLY.replace('bucket: phonevault-demo', 'bucket: my.phone.backups'),
    );
    const { checks } = await cli.doctor('--write');
    const own = checks.filter((one) => one.subject === 'my.phone.backups');
    expect(own.map(({ check, outcome }) => `${check}: ${outcome}`)).toContain('archive_write: ok');
    expect(own.map(({ outcome }) => outcome)).not.toContain('failed');
  });

  it('fails when a policy exports to a missing bucket', async () => {
    const cli = await doctorNight({ bare: true });
    await cli.night.putPolicy(NIGHTLY.replace('bucket: phonevault-demo', 'bucket: no-such-bucket'));
    const finding = await cli.finding('bucket', { subject: 'no-such-bucket' });
    expect(finding).toMatchObject({
      outcome: 'failed',
      message: 'bucket no-such-bucket does not exist',
    });
  });

  it('fails for a bucket in another region', async () => {
    const cli = await doctorNight({ bare: true });
    cli.night.cloud.obs.traits.set(subject, { region: 'cn-east-3' });
    const finding = await cli.finding('bucket', { subject });
    expect(finding).toMatchObject({ outcome: 'failed', code: 1 });
    expect(finding.message).toContain('is in another region');
  });

  it('fails for a parallel file system', async () => {
    const cli = await doctorNight({ bare: true });
    cli.night.cloud.obs.traits.set(subject, { fileSystem: true });
    const finding = await cli.finding('bucket', { subject });
    expect(finding).toMatchObject({ outcome: 'failed', message: 'is a parallel file system' });
    expect(finding.fix).toContain('plain object bucket');
  });

  it('names the missing permission', async () => {
    const cli = await doctorNight({ bare: true });
    const denied = { kind: 'error', status: 403, code: 'AccessDenied' } as const;
    cli.night.cloud.control.addFault({ service: 'obs', operation: 'HeadBucket', ...denied });
    const finding = await cli.finding('bucket', { subject });
    expect(finding.outcome).toBe('failed');
    expect(finding.fix).toContain('obs:bucket:HeadBucket');
  });
});
