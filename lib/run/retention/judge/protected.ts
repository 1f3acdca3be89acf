import type { Archive } from '../../../ledger/catalogue/archive.ts';
import { isPinned, listPins } from '../../../ledger/catalogue/pins.ts';
import { readPlan } from '../../../ledger/run/plan.ts';
import { listOpen } from '../../../ledger/run/request.ts';
import { RESTORE } from '../../../names.ts';
import type { RunDeps } from '../../deps.ts';

type Place = Pick<Archive, 'bucket' | 'key'>;

/** What may not be deleted although no rule keeps it. */
export type Protected = {
  isPinned(archive: Place): boolean;
  /** An open restore needs it. */
  isInUse(archive: Place): boolean;
};

const placeOf = ({ bucket, key }: Place): string => `${bucket} ${key}`;

/**
 * Reads what is pinned, and what the plans of open restores need. A restore without a plan needs nothing yet: it chooses among what stands
 * when it is planned. Throws ObjectError for a plan that cannot be read.
 */
export async function readProtected(
  store: Pick<RunDeps['store'], 'get' | 'list'>,
): Promise<Protected> {
  const [pins, { requests }] = await Promise.all([listPins(store), listOpen(store)]);
  const needed = new Set<string>();
  for (const { runId } of requests.filter(({ runId }) => runId.startsWith(`${RESTORE}-`))) {
    const planned = await readPlan(store, runId);
    for (const { source } of planned?.phones ?? []) {
      if (source !== undefined) needed.add(placeOf(source));
    }
  }
  return {
    isPinned: (archive) => isPinned(pins, archive),
    isInUse: (archive) => needed.size > 0 && needed.has(placeOf(archive)),
  };
}
