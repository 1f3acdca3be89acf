import { readLateArchives } from '../../ledger/run/orphaned-jobs.ts';
import { grouped } from '../../ledger/store/parts/grouped.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { RunDeps } from '../deps.ts';
import type { Batch } from './delete-archives.ts';

/**
 * Returns those of the archives that may be deleted: all but orphaned ones that a job has confirmed after the report, although the
 * catalogue does not know. Of a run that cannot be read no orphaned one is deleted.
 */
export async function withoutConfirmed(
  store: Pick<RunDeps['store'], 'get' | 'list'>,
  due: Batch,
): Promise<Batch> {
  const orphaned = due.filter(({ reasons }) => reasons.includes('orphaned'));
  if (orphaned.length === 0) return due;
  const kept = new Set<string>();
  for (const [runId, own] of grouped(orphaned, ({ archive }) => archive.run_id)) {
    const verified = await verifiedLate(store, runId);
    for (const { archive } of own) {
      if (verified?.has(archive.key) ?? true) kept.add(archive.key);
    }
  }
  return due.filter(({ archive }) => !kept.has(archive.key));
}

/** Returns the keys of the archives that were verified after the report; undefined when that cannot be read. */
async function verifiedLate(
  store: Pick<RunDeps['store'], 'get' | 'list'>,
  runId: string,
): Promise<Set<string> | undefined> {
  try {
    const late = await readLateArchives(store, runId);
    return new Set(late.filter((own) => own.unconfirmed !== true).map(({ key }) => key));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}
