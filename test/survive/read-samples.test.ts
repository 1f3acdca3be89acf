import { describe, expect, it } from 'vitest';
import { readLog } from '../../lib/ledger/run/log/log.ts';
import { NIGHTLY, night } from '../../testing/night.ts';
import { catalogued } from '../support/archives.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

const PHONES = 4;

/** A settled night whose archives are read to their end by the next drives. */
async function sampledNight() {
  const world = await night({ phones: PHONES, servers: 1, seed: 5 });
  await world.putPolicy(`${NIGHTLY}verify: { read: 50% }\n`);
  const run = await world.requestRun();
  return { world, run, store: world.invocation().deps.store };
}

describe('a drive that is killed while it reads archives to their end', () => {
  useLightS3();

  it.each(['before', 'after'] as const)('ends the same when killed %s any call', async (when) => {
    const chosen = new Set<string>();
    for (let call = 1; ; call += 3) {
      const { world, run, store } = await sampledNight();
      const wasKilled = await world.driveKilled(call, when);
      world.clock.move(2 * 60_000);
      await world.settle(run);
      const at = `killed ${when} call ${call}`;
      const read = (await catalogued(store)).filter(({ flags }) => flags.read !== undefined);
      expect(
        read.map(({ flags }) => flags.read?.result),
        at,
      ).toEqual(['ok', 'ok']);
      expect(
        read.every(({ flags }) => (flags.read?.files ?? 0) > 0),
        at,
      ).toBe(true);
      for (const { phone_id } of read) chosen.add(phone_id);
      const log = await readLog(store, run);
      expect(log.filter(({ type }) => type === 'read_ended').length, at).toBeGreaterThan(0);
      if (wasKilled) continue;
      expect(call).toBeGreaterThan(30);
      // Every drive chose the same.
      expect(chosen.size).toBe(2);
      return;
    }
  });
});
