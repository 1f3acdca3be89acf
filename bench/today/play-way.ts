import type { Clock } from '../../lib/clock.ts';
import { submissionOrder } from '../../lib/policy/selection/select.ts';
import { createRandom } from '../../local/simulation/random.ts';
import type { Cell } from '../makespan/cells.ts';
import type { Faults } from '../makespan/faults.ts';
import type { FleetPhone } from '../makespan/fleet.ts';
import { networkTo } from '../makespan/network.ts';
import { virtualClock } from '../makespan/virtual-clock.ts';
import { virtualCph } from '../makespan/virtual-cph.ts';
import { createClient, type Phone } from './client.ts';
import { type Followed, followExports } from './follow.ts';

const RUNNING = 2;
const PASSES = 2;

/** Exports phones once: submits them and follows them to their ends. */
export type Way = (phones: readonly Phone[], followed: Followed, clock: Clock) => Promise<void>;

/** `makespan`: from the start until the last export is seen to have succeeded, in ms. */
export type WayCourse = {
  makespan: number;
  calls: number;
  refused: number;
  withoutBackup: number;
};

type Options = { seed: number; latencyMs: number; faults?: Faults };

/** Plays one night: reads the list of phones, exports those that run, and those that failed a second time. */
export function playWay(
  way: Way,
  cell: Cell,
  fleet: readonly FleetPhone[],
  { seed, latencyMs, faults }: Options,
): Promise<WayCourse> {
  const clock = virtualClock(Date.UTC(2026, 0, 1, 18, 30));
  const cph = virtualCph(fleet, cell.limits, () => undefined, faults);
  const random = createRandom(seed, 'bench/today');
  const client = createClient(networkTo(cph, { clock, latencyMs, faults }), { clock, random });
  const start = clock.now();
  let last = start;

  return clock.play(async () => {
    const listed = await client.phones();
    let left: readonly Phone[] = submissionOrder(listed.filter(({ status }) => status === RUNNING));
    for (let pass = 1; pass <= PASSES && left.length > 0; pass += 1) {
      const saved = (): void => void (last = clock.now());
      const followed = followExports({ client, clock }, `nightly/pass-${pass}`, saved);
      await way(left, followed, clock);
      left = followed.failed;
    }
    cph.advance(clock.now());
    return {
      makespan: last - start,
      calls: cph.calls.length,
      refused: cph.calls.filter(({ status }) => status !== 200).length,
      withoutBackup: fleet.length - cph.exported.size,
    };
  });
}
