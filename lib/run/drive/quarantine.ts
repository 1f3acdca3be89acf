import { hasCode } from '../../errors.ts';
import { writeQuarantined } from '../../ledger/state/notified.ts';
import { fold, startState } from '../../ledger/run/fold.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import { type OrphanedJobs, readOrphanedJobs } from '../../ledger/run/orphaned-jobs.ts';
import { layout } from '../../ledger/store/layout.ts';
import { readPlan } from '../../ledger/run/plan.ts';
import { policyOfRun } from '../../policy/keys/run-id.ts';
import { publish } from '../notify/publish.ts';
import type { RunDeps } from '../deps.ts';
import { orphanRunningJobs } from '../settle/orphaned-jobs.ts';
import { readEvents } from '../query/run-log.ts';

/**
 * Quarantines a run whose objects are broken or newer than this version: records and notifies it once. Returns the jobs that
 * were running, as far as the log is readable; undefined for a run that was quarantined before. Other runs wait for phones
 * that these jobs export.
 */
export async function quarantineRun(
  deps: RunDeps,
  runId: string,
  error: unknown,
): Promise<OrphanedJobs | undefined> {
  if ((await deps.store.get(layout.quarantined(runId))) !== undefined) return undefined;
  const newer = hasCode(error, 'object_newer');
  const code = newer ? 'object_newer' : 'object_invalid';
  const message = error instanceof Error ? error.message.slice(0, 300) : code;
  const orphaned = await orphanJobs(deps, runId);
  const record = { run_id: runId, code, message, at: deps.clock.now() };
  const policy = policyOfRun(runId);
  deps.log.error('quarantined', { run: runId, policy, code, message });
  if (await publish(deps, { kind: 'quarantined', run_id: runId, policy, code, message })) {
    await writeQuarantined(deps.store, record);
  }
  return orphaned;
}

/** Orphans the jobs that the readable entries of a run's log show as running. Returns undefined without a readable plan. */
async function orphanJobs(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  runId: string,
): Promise<OrphanedJobs | undefined> {
  try {
    const planned = await readPlan(deps.store, runId);
    if (planned === undefined || (await readOrphanedJobs(deps.store, runId)) !== undefined) {
      return undefined;
    }
    const { events } = await readEvents(deps.store, runId);
    const state = fold(startState(planned.phones), events);
    return await orphanRunningJobs(deps, { runId, plan: planned.plan, state });
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}
