import { isBroken } from '../../ledger/store/json.ts';
import { isInventoryRequest, readInventoryRequest } from '../../ledger/hints/inventory-request.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { RunDeps } from '../deps.ts';
import { findCandidates } from './candidates.ts';
import { containFailure } from '../state/contain-failure.ts';
import { readPolicy } from '../state/read-policy.ts';
import { FRESH_MS } from './inventory.ts';

type Deps = Pick<RunDeps, 'store' | 'cph' | 'clock' | 'log' | 'ledger' | 'meter'>;

/**
 * Reads the fleets that somebody wants to see anew, as far as `until` (epoch ms) allows. Answers the hints whose
 * reading goes on; what fails waits for the next look into the inbox.
 */
export async function refreshInventories(
  deps: Deps,
  hintIds: readonly string[],
  until: number,
): Promise<string[]> {
  const unfinished: string[] = [];
  for (const id of hintIds.filter(isInventoryRequest)) {
    await containFailure(deps, async () => {
      if (await refresh(deps, id, until)) await deps.store.remove([layout.hint(id)]);
      else unfinished.push(id);
    });
  }
  return unfinished;
}

/** Whether the hint is done with: read, or of a policy that nobody can read. */
async function refresh(deps: Deps, id: string, until: number): Promise<boolean> {
  const request = await read(deps, id);
  if (request === undefined) return true;
  const { policy, asked_at } = request;
  const parsed = (await readPolicy(deps, policy))?.parsed;
  if (parsed?.ok !== true) return true;
  // Only a reading that began after it was asked for will do.
  const requestedAt = asked_at + FRESH_MS;
  const gathered = await findCandidates(deps, parsed.policy.select, requestedAt, until);
  if (gathered === undefined) return false;
  deps.log.info('inventory_read', { policy, phones: gathered.candidates.length });
  return true;
}

async function read(deps: Deps, id: string) {
  try {
    return await readInventoryRequest(deps.store, id);
  } catch (error) {
    if (!isBroken(error)) throw error;
    deps.log.error('hint_unreadable', {
      hint: id,
      code: error.code,
      message: error.message.slice(0, 200),
    });
    return undefined;
  }
}
