import { describe, expect, it } from 'vitest';
import type { CloudOptions } from '../../local/cloud.ts';
import { between, createRandom, pick } from '../../local/simulation/random.ts';
import { type PausedDrive, startPausedDrive } from './support/paused-drive.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';
import type { Night } from '../../testing/night.ts';
import { shortNight } from './support/scripts.ts';
import { countsOf, violations } from './support/invariants.ts';
import { STRIDE } from './support/stride.ts';

type Mode = NonNullable<CloudOptions['conditionalPut']>;

const MINUTE = 60_000;
const LEASE_OVER = 91_000;
const ALL = 10_000;
/** Two phones, and one more for the job that fails. */
const EXPORTS = 3;
const SEEDS = 30;

/** Drives until nothing is open and no job runs, and returns what is violated then. A late call may export once more. */
async function violationsAfter(world: Night, mode: Mode, exports?: number): Promise<string[]> {
  for (const wait of [0, 10 * MINUTE]) {
    world.clock.move(wait);
    await world.cloud.advance();
    do await world.minute();
    while ((await world.cloud.backend.list(world.cloud.bucket, 'phonevault/open/')).length > 0);
  }
  const found = await violations(world, {
    messages: () => [1, 2],
    staleIndex: true,
    refusals: exports === undefined,
    rewritten: (key) => mode !== 'honoured' && /\/(?:plan|report)\.json$/.test(key),
  });
  const [counts] = Object.values(await countsOf(world));
  if (counts?.exported !== 2) found.push(`ended as ${JSON.stringify(counts)}`);
  const accepted = world.exports.filter((each) => each.accepted).length;
  if (exports !== undefined && accepted !== exports) found.push(`${accepted} exports`);
  return found;
}

/** One drive stalls in its `call`-th call while another makes `other` calls; the first finishes, then the other. */
async function stalled(mode: Mode, call: number, other: number, ownLease?: string) {
  const { world } = await shortNight(mode);
  const first = await startPausedDrive(world);
  await first.step(call - 1);
  const ended = first.next() === undefined;
  const resume = await first.holdResponse();
  if (ownLease === undefined) world.clock.move(LEASE_OVER);
  const second = await startPausedDrive(world, { ownLease });
  await second.step(other);
  await resume();
  await first.step(ALL);
  await second.step(ALL);
  return { ended, found: await violationsAfter(world, mode, EXPORTS) };
}

// The two tests take turns where not every call is played: each stalls in calls that the other skips.
describe.each<[Mode, number]>([
  ['honoured', STRIDE],
  ['ignored', STRIDE + 1],
  ['refused', STRIDE + 2],
])('two drives, conditional PUT %s', (mode, stride) => {
  useLightS3();

  it('do no harm when the lease of the first expires in any call and it resumes in the middle of the second', async () => {
    for (let call = 1; ; call += stride) {
      const other = between(createRandom(call, 'other'), 1, 70);
      const { ended, found } = await stalled(mode, call, other);
      expect(found, `stalled in call ${call}, ${other} calls of the other`).toEqual([]);
      if (ended) return expect(call).toBeGreaterThan(50);
    }
  });

  it('do no harm when both hold a lease', async () => {
    for (let call = stride; ; call += stride) {
      const other = between(createRandom(call, 'own'), 1, 70);
      const { ended, found } = await stalled(mode, call, other, 'second');
      expect(found, `stalled in call ${call}, ${other} calls of the other`).toEqual([]);
      if (ended) return expect(call).toBeGreaterThan(50);
    }
  });
});

describe.each<[Mode, number]>([
  ['honoured', STRIDE],
  ['ignored', STRIDE + 1],
  ['refused', STRIDE + 3],
])('the last call of a killed drive, conditional PUT %s', (mode, stride) => {
  useLightS3();

  it.each(['while another drives', 'after the run is closed'])(
    'does no harm when it arrives minutes later, %s',
    async (when) => {
      let late = 0;
      for (let call = 1; ; call += 1) {
        const { world, runId } = await shortNight(mode);
        const killed = await startPausedDrive(world);
        await killed.step(call - 1);
        const last = killed.next();
        if (last === undefined) break;
        if (!['PUT', 'POST', 'DELETE'].includes(last.method)) continue;
        late += 1;
        if (late % stride !== 0) continue;
        const deliver = killed.kill();
        world.clock.move(LEASE_OVER);
        if (when === 'after the run is closed') {
          await world.settle(runId);
          await deliver();
        } else {
          const other = await startPausedDrive(world);
          await other.step(between(createRandom(call, 'late'), 1, 60));
          await deliver();
          await other.step(ALL);
        }
        const sample = `call ${call}, ${last.method} ${new URL(last.url).pathname}`;
        expect(await violationsAfter(world, mode), sample).toEqual([]);
      }
      expect(late).toBeGreaterThan(20);
    },
  );
});

describe('three drives that all hold a lease', () => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
  it.each(seeds)('do no harm in whatever order they make their calls: seed %i', async (seed) => {
    const random = createRandom(seed, 'schedule');
    const mode = pick(random, ['honoured', 'ignored', 'refused'] as const);
    const { world } = await shortNight(mode);
    let drives: PausedDrive[] = [];
    for (const ownLease of [undefined, 'second', 'third']) {
      drives.push(await startPausedDrive(world, { ownLease }));
    }
    const late: (() => Promise<void>)[] = [];
    for (let turn = 0; drives.length > 0; turn += 1) {
      const drive = pick(random, drives);
      if (turn > 4 && late.length === 0 && random() < 0.05) {
        late.push(drive.kill());
        drives = drives.filter((each) => each !== drive);
        continue;
      }
      await drive.step(between(random, 1, 12));
      drives = drives.filter((each) => each.next() !== undefined);
      if (random() < 0.02) world.clock.move(LEASE_OVER);
    }
    world.clock.move(LEASE_OVER);
    for (const deliver of late) await deliver();
    expect(await violationsAfter(world, mode), `conditional PUT ${mode}`).toEqual([]);
  });
});
