import { readDeleted } from '../../run/deleted-archives.ts';
import { runIdsAfter } from '../../run/run-ids.ts';
import { readSettled } from '../../run/settled/read-settled.ts';
import { isUnreadable, type ObjectError } from '../../store/object-error.ts';
import type { Store } from '../../store/store.ts';
import { addArchives } from '../add.ts';
import type { Archive } from '../archive.ts';
import { archiveRead } from '../mark-read.ts';
import { leftoversIn, reportedArchives } from './reported-archives.ts';
import { readResets, type Resets } from './resets.ts';

/** As many archives as are kept in memory before they are written. */
const MAX_PENDING = 20_000;

type Rebuilding = Pick<Store, 'get' | 'list' | 'put' | 'prefix'>;

export type Rebuilt = { archives: number; runs: number; errors: ObjectError[] };

/**
 * Adds the archives of all settled runs to the catalogue, from their reports and plans, in the order of the runs' ids. Safe to
 * interrupt and to repeat: `onWritten` is called with the last run whose archives, and those of all runs before it, are written;
 * pass it as `after` to go on from there. Archives that the catalogue has stay.
 */
export async function rebuildCatalogue(
  store: Rebuilding,
  { after = '', onWritten }: { after?: string; onWritten?: (runId: string) => void } = {},
): Promise<Rebuilt> {
  const resets = await readResets(store);
  const rebuilt: Rebuilt = { archives: 0, runs: 0, errors: [] };
  let pending: Archive[] = [];
  const write = async (last: string): Promise<void> => {
    rebuilt.errors.push(...(await addArchives(store, pending)));
    rebuilt.archives += pending.filter(({ flags }) => flags.leftover === undefined).length;
    pending = [];
    onWritten?.(last);
  };
  let last = after;
  for (let ids = await runIdsAfter(store, last); ids.length > 0;) {
    for (const id of ids) {
      const archives = await archivesOf(store, id, resets, rebuilt.errors);
      if (archives !== undefined) rebuilt.runs += 1;
      pending = [...pending, ...(archives ?? [])];
      last = id;
      if (pending.length >= MAX_PENDING) await write(last);
    }
    ids = await runIdsAfter(store, last);
  }
  await write(last);
  return rebuilt;
}

/** Returns the archives of a run; undefined for one that has not settled or cannot be read. */
async function archivesOf(
  store: Rebuilding,
  runId: string,
  resets: Resets,
  errors: ObjectError[],
): Promise<Archive[] | undefined> {
  try {
    return await archivesOfRun(store, runId, resets);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    errors.push(error);
    return undefined;
  }
}

/** Returns the archives of a run and its leftovers, as its report has them; undefined for a run that has not settled. Throws ObjectError. */
export async function archivesOfRun(
  store: Pick<Store, 'get' | 'list' | 'prefix'>,
  runId: string,
  resets: Resets,
): Promise<Archive[] | undefined> {
  const run = await readSettled(store, runId);
  if (run === undefined) return undefined;
  const settledAt = Date.parse(run.report.settled_at);
  // The first one counts.
  const events = [...(run.reads ?? [])].reverse();
  const reads = new Map(events.map((event) => [event.phone_id, archiveRead(event)]));
  const leftovers = leftoversIn(run.report);
  const archives = reportedArchives({ ...run, settledAt, reads, leftovers }, resets);
  const deleted = await readDeleted(store, runId);
  return archives.filter(({ key }) => !deleted.has(key));
}
