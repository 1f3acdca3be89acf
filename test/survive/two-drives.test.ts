import { describe, expect, it } from 'vitest';
import type { Store } from '../../lib/ledger/store.ts';
import { drive, driveWindow } from '../../lib/run/drive.ts';
import type { CloudOptions } from '../../local/cloud.ts';
import { type Night, night, NIGHTLY } from '../support/night.ts';
import { type Leeway, unsound } from '../support/sound.ts';

type Mode = NonNullable<CloudOptions['conditionalPut']>;

const DOUBLED: Leeway = {
  told: () => [1, 2],
  rewritten: (key) => /\/(?:plan|report)\.json$/.test(key),
};
const LEASE_OVER = 91_000;

async function asked(conditionalPut: Mode): Promise<{ world: Night; runId: string }> {
  const world = await night({ phones: 4, servers: 2, seed: 5, conditionalPut });
  await world.putPolicy(NIGHTLY);
  return { world, runId: await world.ask() };
}

describe.each<[Mode, number]>([
  ['ignored', 1],
  ['honoured', 2],
  ['refused', 3],
])('two drives, conditional PUT %s', (mode, stride) => {
  it('do no harm when the first sleeps through its lease at any call and wakes up again', async () => {
    for (let call = 1; ; call += stride) {
      const { world, runId } = await asked(mode);
      const held = await world.driveHeld(call);
      if (held === undefined) {
        expect(call).toBeGreaterThan(30);
        return;
      }
      world.clock.move(LEASE_OVER);
      await world.drive();
      await held.release();
      const end = await world.settle(runId, 400);
      expect(end.report.counts, `held before call ${call}`).toMatchObject({ exported: 4 });
      expect(await unsound(world, DOUBLED), `held before call ${call}`).toEqual([]);
    }
  }, 120_000);

  it('do no harm when both begin in the same moment', async () => {
    for (let call = 1; call <= 12; call += 1) {
      const { world, runId } = await asked(mode);
      const held = await world.driveHeld(call);
      await world.drive();
      await held?.release();
      const end = await world.settle(runId, 400);
      expect(end.report.counts, `held before call ${call}`).toMatchObject({ exported: 4 });
      expect(await unsound(world, DOUBLED), `held before call ${call}`).toEqual([]);
    }
  }, 120_000);
});

/** The ledger as a drive sees it whose lease tells it nothing of the other's. */
function withLeaseOfItsOwn(store: Store): Store {
  const own = (key: string): string => key.replace(/^state\/lease\//, 'state/lease-of-its-own/');
  const foreign = (key: string): string =>
    key.replace(/^state\/lease-of-its-own\//, 'state/lease/');
  return {
    prefix: store.prefix,
    get: (key) => store.get(own(key)),
    put: (key, body) => store.put(own(key), body),
    create: (key, body) => store.create(own(key), body),
    tryConditional: (key, body) => store.tryConditional(own(key), body),
    list: async (prefix, options) =>
      (await store.list(own(prefix), options)).map((o) => ({ ...o, key: foreign(o.key) })),
    remove: (keys) => store.remove(keys.map(own)),
  };
}

describe('two drives that both believe to hold the lease', () => {
  it('export each phone once all the same, whichever call the first waits at', async () => {
    for (let call = 1; ; call += 1) {
      const { world, runId } = await asked('ignored');
      const held = await world.driveHeld(call);
      if (held === undefined) {
        expect(call).toBeGreaterThan(30);
        return;
      }
      const { deps, timeLeft, holder } = world.invocation();
      const window = driveWindow(deps.clock.now(), timeLeft());
      await drive({ ...deps, store: withLeaseOfItsOwn(deps.store) }, { ...window, holder });
      await held.release();
      const end = await world.settle(runId, 400);
      expect(end.report.counts, `held before call ${call}`).toMatchObject({ exported: 4 });
      expect(await unsound(world, DOUBLED), `held before call ${call}`).toEqual([]);
      expect(world.exports, `held before call ${call}`).toHaveLength(4);
    }
  }, 120_000);
});
