import { isInventoryRequest, readInventoryRequest } from '../../ledger/hints/inventory-request.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { DriveDeps } from '../deps.ts';
import { findCandidates } from './candidates.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { readPolicy } from '../state/read-policy.ts';
import { removeHandled } from '../state/failures/resting.ts';
import { tryHint } from '../state/failures/try-hint.ts';
import { FRESH_MS, saveReadings } from '../reads/readings.ts';

type Deps = Pick<
  DriveDeps,
  'store' | 'cph' | 'clock' | 'log' | 'ledger' | 'meter' | 'readings' | 'unreadable'
>;

/**
 * Reads the fleets that callers have requested, as far as `until` (epoch ms) allows. Returns the hints whose reading is not
 * finished. A hint that fails is tried again when drive lists the inbox again.
 */
export async function refreshInventories(
  deps: Deps,
  hintIds: readonly string[],
  until: number,
): Promise<string[]> {
  const unfinished: string[] = [];
  for (const id of hintIds.filter(isInventoryRequest)) {
    await containFailure(deps, async () => {
      const isDone = await tryHint(deps, id, async () => {
        const done = await refresh(deps, id, until);
        if (!done) unfinished.push(id);
        return done;
      });
      if (isDone) await removeHandled(deps, [layout.hint(id)]);
    });
  }
  return unfinished;
}

/** Returns true when the fleet was read, or the policy cannot be read. */
async function refresh(deps: Deps, id: string, until: number): Promise<boolean> {
  const request = await readInventoryRequest(deps.store, id);
  if (request === undefined) return true;
  const { policy, requested_at } = request;
  const parsed = (await readPolicy(deps, policy))?.parsed;
  if (parsed?.ok !== true) return true;
  // The reading must have begun after the request.
  const requestedAt = requested_at + FRESH_MS;
  const found = await findCandidates(deps, parsed.policy.select, { requestedAt, until });
  if (found === undefined) return false;
  await saveReadings(deps);
  deps.log.info('inventory_read', { policy, phones: found.candidates.length });
  return true;
}
