import { chance, createRandom } from '../../local/simulation/random.ts';
import type { FleetPhone } from './fleet.ts';

/** Shares, 0 to 1. */
const EXPORTS_THAT_FAIL = 0.05;
const CALLS_THROTTLED = 0.03;
const ANSWERS_LOST = 0.03;

export type Faults = {
  /** Refuses the next call with 429 though the limits allow it. */
  isThrottled(): boolean;
  /** Loses the answer to the next call, which CPH carries out. */
  isLost(): boolean;
  /** Whether export `nth` of a phone fails, counted from 1. */
  fails(phoneId: string, nth: number): boolean;
  isFrozen(phoneId: string): boolean;
};

/**
 * Returns the faults of a night: 3 % of the calls are throttled without need, the answers of 3 % are lost, 5 % of the exports
 * fail, and one phone is frozen. Which exports fail depends on the seed, the phone and the count of its exports alone, so it is
 * the same whoever exports the fleet.
 */
export function createFaults(fleet: readonly FleetPhone[], seed: number): Faults {
  const calls = createRandom(seed, 'bench/faults/calls');
  const frozen = fleet[Math.floor(fleet.length / 2)]?.phone_id;
  return {
    isThrottled: () => chance(calls, CALLS_THROTTLED),
    isLost: () => chance(calls, ANSWERS_LOST),
    fails: (phoneId, nth) =>
      chance(createRandom(seed, `bench/faults/${phoneId}/${nth}`), EXPORTS_THAT_FAIL),
    isFrozen: (phoneId) => phoneId === frozen,
  };
}
