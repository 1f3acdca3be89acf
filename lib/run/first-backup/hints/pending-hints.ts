import { isLookupHint, type Lookup, readLookup } from '../../../ledger/hints/lookup.ts';
import { layout } from '../../../ledger/store/layout.ts';
import pLimit from 'p-limit';
import type { DriveDeps } from '../../deps.ts';
import { removeHandled } from '../../state/failures/resting.ts';
import { tryHint } from '../../state/failures/try-hint.ts';

const READS_AT_ONCE = 16;
const CLOCKS_DIFFER_MS = 60 * 60_000;

/** A hint in the inbox. Times in epoch ms. */
export type PendingHint = {
  id: string;
  lookup: Lookup;
  writtenAt: number;
  /** The generation of the phone: when it was reset (epoch ms), or 0 when it is new. */
  generation: number;
};

/** Returns the hints, reading those that `known` lacks. An invalid hint is logged and removed; one of a newer version stays. */
export async function readPending(
  deps: Pick<DriveDeps, 'clock' | 'store' | 'log' | 'unreadable'>,
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
  deps: Pick<DriveDeps, 'clock' | 'store' | 'log' | 'unreadable'>,
  id: string,
): Promise<PendingHint | undefined> {
  let pending: PendingHint | undefined;
  const isInvalid = await tryHint(deps, id, async () => {
    const found = await readLookup(deps.store, id);
    if (found === undefined) return false;
    const generation = generationOf(found.lookup, found.writtenAt);
    if (found.lookup.change === 'reset' && generation === 0) {
      deps.log.warn('hint_time_invalid', { hint: id });
    }
    pending = { id, ...found, generation };
    return false;
  });
  if (isInvalid) await removeHandled(deps, [layout.hint(id)]);
  return pending;
}

/**
 * Returns the time in the trace of a reset, which stays the same however often and late the event arrives. Returns 0 for a
 * time in the future: it is later than every backup, so each repeated event would request another one.
 */
function generationOf({ change, at }: Lookup, writtenAt: number): number {
  return change === 'reset' && at !== undefined && at < writtenAt + CLOCKS_DIFFER_MS ? at : 0;
}
