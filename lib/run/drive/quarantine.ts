import { hasCode } from '../../errors.ts';
import { writeQuarantined } from '../../ledger/state/notified.ts';
import { fold, startState } from '../../ledger/run/fold.ts';
import { isUnreadable } from '../../ledger/store/ledger-object.ts';
import { type OrphanedJobs, readOrphanedJobs } from '../../ledger/run/orphaned-jobs.ts';
import { layout } from '../../ledger/store/layout.ts';
import { readPlan } from '../../ledger/run/plan.ts';
import { policyOfRun } from '../../policy/keys/run-id.ts';
import { publish } from '../notify/publish.ts';
import type { RunDeps } from '../deps.ts';
import { orphanRunningJobs } from '../settle/orphaned-jobs.ts';
import { readEvents } from '../query/run-log.ts';

/**
 * Quarantines a run whose objects are broken or newer than this version: records and notifies it once. Other runs continue,
 * except for phones that its jobs still export. Returns these jobs, as far as its log is readable, the first time.
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
  const late = await jobsUnderway(deps, runId);
  const note = { run_id: runId, code, message, at: deps.clock.now() };
  const policy = policyOfRun(runId);
  deps.log.error('quarantined', { run: runId, policy, code, message });
  if (await publish(deps, { kind: 'quarantined', run_id: runId, policy, code, message })) {
    await writeQuarantined(deps.store, note);
  }
  return late;
}

async function jobsUnderway(
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
