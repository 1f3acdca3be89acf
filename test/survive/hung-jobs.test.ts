import { describe, expect, it } from 'vitest';
import { night, NIGHTLY } from '../../testing/night.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const MINUTE = 60_000;

/** A fleet in which `hung` jobs never end. */
const FLEETS: [string, { phones: number; servers: number; hung: number; limits: object }][] = [
  ['one server', { phones: 100, servers: 1, hung: 1, limits: { writesPerMinute: 2 } }],
  [
    'one server and small calls',
    { phones: 60, servers: 1, hung: 2, limits: { writesPerMinute: 2, storageInfosPerCall: 7 } },
  ],
];

describe('jobs that never end', () => {
  it.each(FLEETS)('hold up no other phone: %s', async (_, { hung, limits, ...fleet }) => {
    const world = await night({ ...fleet, seed: 4, limits: { exportsPerServer: 6, ...limits } });
    await world.putPolicy(NIGHTLY);
    const phones = (await world.cloud.control.phones()).filter(({ status }) => status === 2);
    const step = Math.floor(phones.length / hung);
    const ids = phones.filter((_phone, n) => n % step === 0).slice(0, hung);
    world.cloud.control.addFault({
      ...{ service: 'cph', operation: 'batch-storage', kind: 'never_ends' },
      phones: ids.map(({ phone_id }) => phone_id),
    });
    const startedAt = world.clock.now();
    const { report } = await world.settle(await world.requestRun());
    const { selected, exported, skipped, timed_out } = report.counts;
    expect({ timed_out, exported }).toEqual({
      timed_out: hung,
      exported: selected - skipped - hung,
    });
    const last = Math.max(...world.exports.map(({ at }) => at));
    expect(last - startedAt).toBeLessThan(40 * MINUTE);
  });
});
