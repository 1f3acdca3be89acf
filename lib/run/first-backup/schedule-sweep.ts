import type { Cursors } from '../../ledger/state/cursors.ts';
import { putSweep, sweepSlot } from '../../ledger/hints/hints.ts';
import type { RunDeps } from '../deps.ts';

/**
 * Has drive look every quarter of an hour for new phones that no event told of, where some policy wants them. Answers the
 * quarter (epoch ms) that was asked for last: given back, it is not asked for again.
 */
export async function requestSweep(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  cursors: Cursors,
  lastSlot: number | undefined,
): Promise<number | undefined> {
  const slot = sweepSlot(deps.clock.now());
  const isWanted = Object.values(cursors).some((cursor) => cursor.on_provisioned === true);
  if (!isWanted || lastSlot === slot) return lastSlot;
  await putSweep(deps.store, slot);
  return slot;
}
