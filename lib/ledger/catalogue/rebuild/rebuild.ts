import { readDeleted } from '../../run/deleted-archives.ts';
import { readLog } from '../../run/log/log.ts';
import { readLateArchives } from '../../run/orphaned-jobs.ts';
import { readPlan } from '../../run/plan.ts';
import { readReport, readReportedPhones } from '../../run/report.ts';
import { runIdsAfter } from '../../run/run-ids.ts';
import { ifReadable, isUnreadable, type ObjectError } from '../../store/object-error.ts';
import type { Store } from '../../store/store.ts';
import { addArchives } from '../add.ts';
import type { Archive, ArchiveRead } from '../archive.ts';
import { archiveRead } from '../mark-read.ts';
import { reportedArchives } from './reported-archives.ts';
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
    rebuilt.archives += pending.length;
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

/** Returns the archives of a run, as its report has them; undefined for a run that has not settled. Throws ObjectError. */
export async function archivesOfRun(
  store: Pick<Store, 'get' | 'list' | 'prefix'>,
  runId: string,
  resets: Resets,
): Promise<Archive[] | undefined> {
  const report = await readReport(store, runId);
  const stored = report && (await readPlan(store, runId));
  if (report === undefined || stored === undefined) return undefined;
  const { plan, phones: planned } = stored;
  const reported = await readReportedPhones(store, report);
  const late = await readLateArchives(store, runId);
  const settledAt = Date.parse(report.settled_at);
  const reads = plan.terms?.read === undefined ? undefined : await readsOf(store, runId);
  const run = { plan, planned, reported, settledAt, late, ...(reads && { reads }) };
  const archives = reportedArchives(run, resets);
  const deleted = await readDeleted(store, runId);
  return archives.filter(({ key }) => !deleted.has(key));
}

/** Returns what came of reading the archives of a run to their end, by phone. */
async function readsOf(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
): Promise<Map<string, ArchiveRead>> {
  const events = (await ifReadable(readLog(store, runId))) ?? [];
  const reads = events.filter((event) => event.type === 'read').reverse();
  return new Map(reads.map((event) => [event.phone_id, archiveRead(event)]));
}
