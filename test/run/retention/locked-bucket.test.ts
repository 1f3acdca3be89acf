import { expect, it } from 'vitest';
import { readRetention } from '../../../lib/ledger/retention/state.ts';
import { requestPrune } from '../../../lib/ledger/retention/prune.ts';
import { previewPrune } from '../../../lib/run/retention/preview.ts';
import { NIGHTLY, night } from '../../../testing/night.ts';
import type { BucketTraits } from '../../../local/obs/operations/call.ts';

const ARCHIVES = 'archives';
const DAY = 24 * 60 * 60_000;

/** Two nights of two phones into a bucket of the embedded cloud, of which the rules keep the second. */
async function twoNights(traits: BucketTraits) {
  const world = await night({ phones: 2, servers: 1, seed: 5 });
  await world.cloud.backend.createBucket(ARCHIVES);
  world.cloud.obs.traits.set(ARCHIVES, traits);
  const policy = NIGHTLY.replace('bucket: phonevault-demo', `bucket: ${ARCHIVES}`);
  await world.putPolicy(policy);
  for (let n = 0; n < 2; n += 1) {
    await world.settle(await world.requestRun());
    world.clock.move(3_600_000);
  }
  await world.putPolicy(`${policy}retention: { max_backups: 1 }\n`);
  const stored = async () => (await world.cloud.backend.list(ARCHIVES, '')).map(({ key }) => key);
  const first = await stored();
  return {
    world,
    stored,
    versions: async () =>
      (await Promise.all(first.map((key) => world.cloud.versions.list(ARCHIVES, key)))).flat(),
    prune: async () => {
      const { store } = world.invocation().deps;
      await requestPrune(store, 'nightly');
      await world.minute();
      return (await readRetention(store, 'nightly'))?.last;
    },
    reasons: async () => {
      const found: string[] = [];
      const preview = await previewPrune(world.invocation().deps, 'nightly');
      for await (const { keep, reasons } of preview.archives())
        found.push(`${keep} ${reasons.join()}`);
      return found.sort();
    },
  };
}

it('keeps what is locked until its day, then deletes it by version, without delete markers', async () => {
  const { world, stored, versions, prune, reasons } = await twoNights({ lock: { days: 30 } });
  expect(await prune()).toMatchObject({ due: 2, deleted: 0, refused: 0 });
  expect(await reasons()).toEqual([
    ...['true locked', 'true locked', 'true newest,last_good', 'true newest,last_good'],
  ]);
  expect(await prune()).toMatchObject({ due: 0, deleted: 0 });
  expect((await versions()).map(({ isMarker }) => isMarker)).toEqual([false, false, false, false]);
  world.clock.move(30 * DAY);
  expect(await prune()).toMatchObject({ due: 2, deleted: 2, refused: 0 });
  expect(await versions()).toHaveLength(2);
  expect(await stored()).toHaveLength(2);
});

it.each(['Enabled', 'Suspended'] as const)(
  'deletes by version in a bucket whose versions are %s',
  async (versioning) => {
    const { stored, versions, prune } = await twoNights({ versioning });
    expect(await prune()).toMatchObject({ due: 2, deleted: 2, refused: 0 });
    expect((await versions()).map(({ isMarker }) => isMarker)).toEqual([false, false]);
    expect(await stored()).toHaveLength(2);
  },
);
