import { describe, expect, it } from 'vitest';
import type { CloudOptions } from '../../local/cloud.ts';
import { between, createRandom, pick } from '../../local/simulation/random.ts';
import { type Puppet, puppet } from '../support/interleave.ts';
import type { Night } from '../../testing/night.ts';
import { shortNight } from '../support/scripts.ts';
import { countsOf, unsound } from '../support/invariants.ts';

type Mode = NonNullable<CloudOptions['conditionalPut']>;

const MINUTE = 60_000;
const LEASE_OVER = 91_000;
const ALL = 10_000;
/** Two phones, and one more for the job that fails. */
const EXPORTS = 3;
const SEEDS = 30;

/** Drives until nothing is open and no job runs; what does not hold then. Calls that arrive late may export once more. */
async function faultsOf(world: Night, mode: Mode, exports?: number): Promise<string[]> {
  for (const wait of [0, 10 * MINUTE]) {
    world.clock.move(wait);
    await world.cloud.advance();
    do await world.minute();
    while ((await world.cloud.backend.list(world.cloud.bucket, 'phonevault/open/')).length > 0);
  }
  const faults = await unsound(world, {
    told: () => [1, 2],
    staleIndex: true,
    refusals: exports === undefined,
    rewritten: (key) => mode !== 'honoured' && /\/(?:plan|report)\.json$/.test(key),
  });
  const [counts] = Object.values(await countsOf(world));
  if (counts?.exported !== 2) faults.push(`ended as ${JSON.stringify(counts)}`);
  const accepted = world.exports.filter((each) => each.accepted).length;
  if (exports !== undefined && accepted !== exports) faults.push(`${accepted} exports`);
  return faults;
}

/** One drive falls asleep at its `call`-th call while another makes `other` calls, goes on, and then the other does. */
async function asleep(mode: Mode, call: number, other: number, leaseOfItsOwn?: string) {
  const { world } = await shortNight(mode);
  const sleeper = await puppet(world);
  await sleeper.step(call - 1);
  const ended = sleeper.next() === undefined;
  const wake = await sleeper.doze();
  if (leaseOfItsOwn === undefined) world.clock.move(LEASE_OVER);
  const second = await puppet(world, { leaseOfItsOwn });
  await second.step(other);
  await wake();
  await sleeper.step(ALL);
  await second.step(ALL);
  return { ended, faults: await faultsOf(world, mode, EXPORTS) };
}

describe.each<[Mode, number]>([
  ['honoured', 1],
  ['ignored', 1],
  ['refused', 3],
])('two drives, conditional PUT %s', (mode, stride) => {
  it('do no harm when the first sleeps through its lease at any call and wakes up in the middle of the second', async () => {
    for (let call = 1; ; call += stride) {
      const other = between(createRandom(call, 'other'), 1, 70);
      const { ended, faults } = await asleep(mode, call, other);
      expect(faults, `asleep at call ${call}, ${other} calls of the other`).toEqual([]);
      if (ended) return expect(call).toBeGreaterThan(50);
    }
  });

  it('do no harm when both believe to hold the lease', async () => {
    for (let call = 1; ; call += stride) {
      const other = between(createRandom(call, 'own'), 1, 70);
      const { ended, faults } = await asleep(mode, call, other, 'second');
      expect(faults, `asleep at call ${call}, ${other} calls of the other`).toEqual([]);
      if (ended) return expect(call).toBeGreaterThan(50);
    }
  });
});

describe.each<[Mode, number]>([
  ['honoured', 1],
  ['ignored', 2],
  ['refused', 4],
])('the last call of a dead drive, conditional PUT %s', (mode, stride) => {
  it.each(['while another drives', 'after the run is closed'])(
    'does no harm when it arrives minutes later, %s',
    async (when) => {
      let late = 0;
      for (let call = 1; ; call += 1) {
        const { world, runId } = await shortNight(mode);
        const dead = await puppet(world);
        await dead.step(call - 1);
        const last = dead.next();
        if (last === undefined) break;
        if (!['PUT', 'POST', 'DELETE'].includes(last.method)) continue;
        late += 1;
        if (late % stride !== 0) continue;
        const arrive = dead.die();
        world.clock.move(LEASE_OVER);
        if (when === 'after the run is closed') {
          await world.settle(runId);
          await arrive();
        } else {
          const other = await puppet(world);
          await other.step(between(createRandom(call, 'late'), 1, 60));
          await arrive();
          await other.step(ALL);
        }
        const told = `call ${call}, ${last.method} ${new URL(last.url).pathname}`;
        expect(await faultsOf(world, mode), told).toEqual([]);
      }
      expect(late).toBeGreaterThan(20);
    },
  );
});

describe('three drives that all believe to hold the lease', () => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
  it.each(seeds)('do no harm, whoever comes when: seed %i', async (seed) => {
    const random = createRandom(seed, 'schedule');
    const mode = pick(random, ['honoured', 'ignored', 'refused'] as const);
    const { world } = await shortNight(mode);
    let drives: Puppet[] = [];
    for (const leaseOfItsOwn of [undefined, 'second', 'third']) {
      drives.push(await puppet(world, { leaseOfItsOwn }));
    }
    const late: (() => Promise<void>)[] = [];
    for (let turn = 0; drives.length > 0; turn += 1) {
      const drive = pick(random, drives);
      if (turn > 4 && late.length === 0 && random() < 0.05) {
        late.push(drive.die());
        drives = drives.filter((each) => each !== drive);
        continue;
      }
      await drive.step(between(random, 1, 12));
      drives = drives.filter((each) => each.next() !== undefined);
      if (random() < 0.02) world.clock.move(LEASE_OVER);
    }
    world.clock.move(LEASE_OVER);
    for (const arrive of late) await arrive();
    expect(await faultsOf(world, mode), `conditional PUT ${mode}`).toEqual([]);
  });
});
