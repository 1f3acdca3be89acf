import { isLookupHint, type Lookup, readLookup } from '../../ledger/hints/lookup.ts';
import { layout } from '../../ledger/store/layout.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import pLimit from 'p-limit';
import type { RunDeps } from '../deps.ts';

const READS_AT_ONCE = 16;
const CLOCKS_DIFFER_MS = 60 * 60_000;

/** A hint in the inbox. Times in epoch ms. */
export type PendingHint = {
  id: string;
  lookup: Lookup;
  droppedAt: number;
  /** The generation of the phone: when it was reset (epoch ms), or 0 when it is new. */
  generation: number;
};

/** Returns the hints, reading those that `known` lacks. An invalid hint is logged and removed; one of a newer version stays. */
export async function readPending(
  deps: Pick<RunDeps, 'store' | 'log'>,
  ids: string[],
  known: Map<string, PendingHint>,
): Promise<PendingHint[]> {
  const limit = pLimit(READS_AT_ONCE);
  const all = await Promise.all(
    ids.filter(isLookupHint).map((id) => limit(() => known.get(id) ?? readOne(deps, id))),
  );
  const pending = all.filter((hint) => hint !== undefined);
  known.clear();
  for (const hint of pending) known.set(hint.id, hint);
  return pending;
}

async function readOne(
  deps: Pick<RunDeps, 'store' | 'log'>,
  id: string,
): Promise<PendingHint | undefined> {
  try {
    const read = await readLookup(deps.store, id);
    if (read === undefined) return undefined;
    const generation = generationOf(read.lookup, read.droppedAt);
    if (read.lookup.change === 'reset' && generation === 0) {
      deps.log.warn('hint_time_invalid', { hint: id });
    }
    return { id, ...read, generation };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    deps.log.error('hint_unreadable', { hint: id, code: error.code, message: error.message });
    if (error.code === 'object_invalid') await deps.store.remove([layout.hint(id)]);
    return undefined;
  }
}

/**
 * Returns the time in the trace of a reset, which stays the same however often and late the event arrives. Returns 0 for a
 * time in the future: it is later than every backup, so each repeated event would request another one.
 */
function generationOf({ change, at }: Lookup, droppedAt: number): number {
  return change === 'reset' && at !== undefined && at < droppedAt + CLOCKS_DIFFER_MS ? at : 0;
}
