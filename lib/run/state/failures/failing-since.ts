import type { RunState } from '../../../ledger/run/run-state.ts';

const MINUTE = 60_000;
/** Longer than the longest pause after a failure. */
const REPEAT_AFTER_MS = 35 * MINUTE;
/** After so long without a failure, the next one is the first of others. */
const ENDED_AFTER_MS = 75 * MINUTE;

type Failures = Pick<RunState, 'failures'>;

/** Returns since when (epoch ms) steps of the run have failed, never an hour and a quarter apart; `now` when none fails yet. */
export function failingSince({ failures }: Failures, now: number): number {
  return failures
    .map(({ at }) => at)
    .sort((a, b) => b - a)
    .reduce((since, at) => (since - at < ENDED_AFTER_MS ? Math.min(since, at) : since), now);
}

/** Returns whether a failure says nothing new. A lasting one is recorded from time to time, so that it counts as lasting. */
export function isRepeated({ failures }: Failures, code: string, now: number): boolean {
  const last = failures.at(-1);
  return last?.code === code && now - last.at < REPEAT_AFTER_MS;
}
