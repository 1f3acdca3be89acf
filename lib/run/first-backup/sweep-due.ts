import { sweepId } from '../../ledger/hints/sweep.ts';
import type { Provisioning } from '../../ledger/state/provisioning.ts';
import type { PendingHint } from './hints/pending-hints.ts';

/** While the hint of an order waits, sweeps for its phones are more frequent. */
const ORDER_EVERY_MS = 60_000;

/**
 * Returns true when a sweep is due: one is unfinished, a requested one has not been made, an order is newer than the last sweep,
 * or an order waits and the last sweep is a minute old.
 */
export function isSweepDue(
  state: Provisioning,
  sweeps: string[],
  orders: PendingHint[],
  now: number,
): boolean {
  if (state.sweeping !== undefined) return true;
  const since = now - (state.swept_at ?? 0);
  if (orders.some(({ writtenAt }) => writtenAt >= (state.swept_at ?? 0))) return true;
  return (
    sweeps.some((id) => !isSweptFor(state, id) && id <= sweepId(now)) ||
    (orders.length > 0 && since >= ORDER_EVERY_MS)
  );
}

/** Returns true when a sweep that began in the hint's 15 minutes or later has ended. */
export function isSweptFor({ horizon = 0, sweeping }: Provisioning, id: string): boolean {
  return sweeping === undefined && id <= sweepId(horizon);
}
