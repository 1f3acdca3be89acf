import { addArchives } from '../../ledger/catalogue/add.ts';
import { type ReportedRun, reportedArchives } from '../../ledger/catalogue/reported-archives.ts';
import { readResets } from '../../ledger/catalogue/resets.ts';
import type { RunDeps } from '../deps.ts';

/** Adds the verified archives of a run to the catalogue. A shard that cannot be used is logged: the rest goes on without it. */
export async function addReported(
  { store, log }: Pick<RunDeps, 'store' | 'log'>,
  run: ReportedRun,
): Promise<void> {
  const { run_id, policy } = run.plan.request;
  const archives = reportedArchives(run, await readResets(store));
  for (const { key, code, message } of await addArchives(store, archives)) {
    log.warn('catalogue_unreadable', { run: run_id, policy, key, code, message });
  }
}
