import { describe, expect, it } from 'vitest';
import { readDeleted } from '../../lib/ledger/run/deleted-archives.ts';
import { requestPrune } from '../../lib/ledger/retention/prune.ts';
import { NIGHTLY, night } from '../../testing/night.ts';
import { catalogued } from '../support/archives.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

const PHONES = 3;

/** Two settled nights of a few phones, and a request to keep only the newest archive of each. */
async function twoNights() {
  const world = await night({ phones: PHONES, servers: 1, seed: 5 });
  await world.putPolicy(NIGHTLY);
  const runs: string[] = [];
  for (let n = 0; n < 2; n += 1) {
    const run = await world.requestRun();
    await world.settle(run);
    world.clock.move(3_600_000);
    runs.push(run);
  }
  await world.putPolicy(`${NIGHTLY}retention: { max_backups: 1 }\n`);
  const { store, archives } = world.invocation().deps;
  await requestPrune(store, 'nightly');
  return { world, runs, store, archives };
}

describe('a drive that is killed while it applies retention rules', () => {
  useLightS3();

  it.each(['before', 'after'] as const)('ends the same when killed %s any call', async (when) => {
    for (let call = 1; ; call += 1) {
      const { world, runs, store, archives } = await twoNights();
      const wasKilled = await world.driveKilled(call, when);
      for (let minute = 0; minute < 4; minute += 1) await world.minute();
      const at = `killed ${when} call ${call}`;
      const known = await catalogued(store);
      const { objects } = await archives.list('phonevault-demo', 'nightly/');
      const [first = '', second = ''] = runs;
      expect(new Set(known.map(({ run_id }) => run_id)), at).toEqual(new Set([second]));
      expect(objects.map(({ key }) => key).sort(), at).toEqual(known.map(({ key }) => key).sort());
      expect((await readDeleted(store, first)).size, at).toBe(PHONES);
      expect((await store.list('open/')).length, at).toBe(0);
      if (!wasKilled) return expect(call).toBeGreaterThan(15);
    }
  });
});
