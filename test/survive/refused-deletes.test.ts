import { describe, expect, it } from 'vitest';
import type { BucketTraits } from '../../local/obs/operations/call.ts';
import { type Night, night, NIGHTLY } from '../../testing/night.ts';
import { STRIDE } from './support/stride.ts';

const ARCHIVES = 'archives';
const POLICY = NIGHTLY.replace('bucket: phonevault-demo', `bucket: ${ARCHIVES}`);

/** A night of three phones in which the jobs of two leave half an archive, which a second attempt supersedes. */
async function nightWith(traits: BucketTraits): Promise<Night> {
  const world = await night({
    ...{ phones: 3, servers: 1, seed: 5 },
    switches: { partialObjectRate: 1 },
    timings: { exportBase: 4_000, dataBytes: [1_000, 2_000] },
  });
  const { cloud } = world;
  await cloud.backend.createBucket(ARCHIVES);
  cloud.obs.traits.set(ARCHIVES, traits);
  await failTwice(world);
  await world.putPolicy(POLICY);
  return world;
}

async function failTwice({ cloud }: Night): Promise<void> {
  const phones = (await cloud.control.phones()).slice(0, 2).map(({ phone_id }) => phone_id);
  for (const phone of phones) {
    cloud.control.addFault({
      ...{ service: 'cph', operation: 'batch-storage', kind: 'job_failed', code: 'CPS.0107' },
      ...{ phones: [phone], times: 1 },
    });
  }
}

const archivesOf = async ({ cloud }: Night): Promise<string[]> =>
  (await cloud.backend.list(ARCHIVES, '')).map(({ key }) => key);

const bodies = async ({ cloud }: Night) =>
  (await cloud.control.messages()).map(({ message_structure: structure }) => {
    const { http } = JSON.parse(String(structure)) as { http: string };
    return JSON.parse(http) as { kind: string; leftovers?: object; message?: string };
  });

/** How many drives such a run takes where everything can be deleted. */
async function usualDrives(): Promise<number> {
  const world = await nightWith({});
  const { report, drives } = await world.settle(await world.requestRun());
  expect(report.superseded_deleted).toHaveLength(2);
  expect(report).not.toHaveProperty('leftovers');
  return drives;
}

const deny = (action: 'DeleteObject' | 'DeleteObjectVersion', code?: string, status?: number) => ({
  ...{ action, ...(code === undefined ? {} : { code }) },
  ...(status === undefined ? {} : { status }),
});

describe('a run whose archive bucket refuses to delete', () => {
  it.each<[string, BucketTraits, string]>([
    ['by its policy', { denied: [deny('DeleteObject')] }, 'AccessDenied'],
    ['with 405', { denied: [deny('DeleteObject', 'MethodNotAllowed', 405)] }, 'MethodNotAllowed'],
    [
      'versions without DeleteObjectVersion',
      { versioning: 'Enabled', denied: [deny('DeleteObjectVersion')] },
      'AccessDenied',
    ],
    ['what is locked', { lock: { days: 30 } }, 'AccessDenied'],
    [
      'more than a delete marker, and does not say that it keeps versions',
      { versioning: 'Enabled', denied: [{ action: 'GetBucketVersioning' }] },
      'delete_marker',
    ],
  ])('settles on time and tells what stays: %s', async (_, traits, code) => {
    const usual = await usualDrives();
    const world = await nightWith(traits);
    const { report, phones, drives } = await world.settle(await world.requestRun());
    expect(drives).toBe(usual);
    expect(report.outcome).toBe('completed');
    expect(report).not.toHaveProperty('superseded_deleted');
    const firstTries = phones.flatMap(({ key = '', attempts }) =>
      attempts === 2 ? [key.replace('-2.tar', '-1.tar')] : [],
    );
    expect(report.leftovers).toEqual(firstTries.sort().map((key) => ({ key, code })));
    expect(await bodies(world)).toMatchObject([
      { kind: 'settled', leftovers: { count: 2, codes: [code] } },
    ]);
  });

  it('runs the next slot', async () => {
    const world = await nightWith({ denied: [deny('DeleteObject')] });
    await world.settle(await world.requestRun());
    world.clock.move(24 * 60 * 60_000);
    const { report } = await world.settle(await world.requestRun());
    expect(report.outcome).toBe('completed');
    expect((await bodies(world)).map(({ kind }) => kind)).toEqual(['settled', 'settled']);
  });

  it('deletes what it may when only some keys are refused', async () => {
    const world = await nightWith({});
    const [phone] = await world.cloud.control.phones();
    const keys = phone?.phone_id ?? '';
    world.cloud.obs.traits.set(ARCHIVES, { denied: [{ action: 'DeleteObject', keys }] });
    const { report } = await world.settle(await world.requestRun());
    expect(report.superseded_deleted).toHaveLength(1);
    expect(report.leftovers).toMatchObject([{ code: 'AccessDenied' }]);
    expect(report.leftovers?.[0]?.key).toContain(keys);
    expect(await archivesOf(world)).toContain(report.leftovers?.[0]?.key);
  });
});

describe('a run whose archive bucket keeps versions', () => {
  it.each(['Enabled', 'Suspended'] as const)(
    'deletes superseded archives for good, without delete markers: %s',
    async (versioning) => {
      const world = await nightWith({ versioning });
      const { report } = await world.settle(await world.requestRun());
      expect(report).not.toHaveProperty('leftovers');
      expect(report.superseded_deleted).toHaveLength(2);
      for (const key of report.superseded_deleted ?? []) {
        expect(await world.cloud.versions.list(ARCHIVES, key)).toEqual([]);
      }
      expect(await archivesOf(world)).toHaveLength(3);
    },
  );
});

describe('a run whose deletes fail as a whole', () => {
  it('settles within ten minutes, and reports what stays', async () => {
    const usual = await usualDrives();
    const world = await nightWith({});
    world.cloud.control.addFault({
      ...{ service: 'obs', operation: 'DeleteObjects', kind: 'error' },
      ...{ status: 500, code: 'InternalError' },
    });
    const { report, drives } = await world.settle(await world.requestRun());
    expect(report.leftovers?.map(({ code }) => code)).toEqual(['InternalError', 'InternalError']);
    expect(drives - usual).toBeLessThanOrEqual(10);
  });

  it('counts an archive as deleted whose delete was carried out without a response', async () => {
    const world = await nightWith({});
    world.cloud.control.addFault({
      ...{ service: 'obs', operation: 'DeleteObjects', kind: 'drop_answer' },
    });
    const { report } = await world.settle(await world.requestRun());
    expect(report).not.toHaveProperty('leftovers');
    expect(report.superseded_deleted).toHaveLength(2);
  });
});

describe('a run that is killed around its deletes', () => {
  it.each(['before', 'after'] as const)('reaches the same end: %s any call', async (when) => {
    const traits: BucketTraits = { versioning: 'Enabled' };
    for (let call = 1; ; call += STRIDE) {
      const world = await nightWith(traits);
      const [phone] = await world.cloud.control.phones();
      const keys = phone?.phone_id ?? '';
      world.cloud.obs.traits.set(ARCHIVES, {
        ...{ ...traits, denied: [{ action: 'DeleteObjectVersion', keys }] },
      });
      const runId = await world.requestRun();
      const wasKilled = await world.driveKilled(call, when);
      world.clock.move(3 * 60_000);
      const { report } = await world.settle(runId);
      expect(report.superseded_deleted, `call ${call}`).toHaveLength(1);
      expect(report.leftovers, `call ${call}`).toMatchObject([{ code: 'AccessDenied' }]);
      if (!wasKilled) return expect(call).toBeGreaterThan(30);
    }
  });
});
