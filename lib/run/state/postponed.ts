import type { EventOf } from '../../ledger/run/events.ts';
import type { RunState } from '../../ledger/run/run-state.ts';

const FIRST_PAUSE_MS = 15_000;
const MAX_PAUSE_MS = 60_000;

/** Returns the postponed calls of a run since CPH last accepted one, oldest first. */
export function postponedCalls({ postponed, acceptedAt }: RunState): EventOf<'postponed'>[] {
  return postponed.filter(({ at }) => at > acceptedAt);
}

/** Returns until when a run makes no export call (epoch ms); 0 when no call is postponed. */
export function postponedUntil(state: RunState): number {
  return postponedCalls(state).at(-1)?.until ?? 0;
}

/** Returns how long a run waits after so many postponed calls in a row (ms): 15 s, 30 s, then a minute, less up to half. */
export function pauseOf(calls: number, random: () => number): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (calls - 1), MAX_PAUSE_MS);
  return Math.round(pause * (1 - random() / 2));
}
