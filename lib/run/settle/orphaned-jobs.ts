import { policyOfRun } from '../../policy/keys/run-id.ts';
import { PhonevaultError } from '../../errors.ts';
import {
  type OrphanedJobs,
  readOrphanedJobs,
  writeOrphanedJobs,
} from '../../ledger/run/orphaned-jobs.ts';
import type { Attempt } from '../../ledger/run/fold.ts';
import type { Terms } from '../../ledger/run/plan.ts';
import { mayStillArrive, statusOf } from '../state/attempt-status.ts';
import type { InFlightJob } from '../export/batch.ts';
import type { RunDeps } from '../deps.ts';
import type { StoredRun } from '../state/stored-run.ts';

const DAY = 24 * 60 * 60_000;

/** Reads the jobs that outlived their runs. One that cannot be read is left alone and logged. */
export async function loadOrphanedJobs(
  deps: Pick<RunDeps, 'store' | 'log'>,
  runIds: string[],
): Promise<OrphanedJobs[]> {
  const orphaned: OrphanedJobs[] = [];
  for (const runId of runIds) {
    try {
      const late = await readOrphanedJobs(deps.store, runId);
      if (late !== undefined) orphaned.push(late);
    } catch (error) {
      const policy = policyOfRun(runId);
      const code = error instanceof PhonevaultError ? error.code : 'unknown';
      const message = String(error).slice(0, 200);
      deps.log.error('orphaned_jobs_unreadable', { run: runId, policy, code, message });
    }
  }
  return orphaned;
}

/**
 * Hands the jobs of a run that are still running over to the late watch: from here on the run itself does not follow them. A
 * lost answer may stand for such a job, too; its key is watched for as long as one could last.
 */
export async function orphanRunningJobs(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  { runId, plan, state }: Pick<StoredRun, 'runId' | 'plan' | 'state'>,
): Promise<OrphanedJobs | undefined> {
  if (plan?.terms === undefined) return undefined;
  const { terms } = plan;
  const attempts = [...state.phones.values()].flatMap(({ planned, attempts: all }) =>
    [...all.values()]
      .map((attempt) => ({ attempt, watch: watchOf(attempt, terms) }))
      .filter(({ watch }) => watch === 'job' || watch > deps.clock.now())
      .map(({ attempt, watch }) => ({
        phone_id: planned.phone_id,
        phone_name: planned.phone_name,
        server_id: planned.server_id,
        attempt: attempt.number,
        jobs:
          watch === 'job'
            ? attempt.accepted.map(({ job_id, request_id }) => ({ job_id, request_id }))
            : [],
        ...(watch === 'job' ? {} : { watch_until: watch }),
      })),
  );
  if (attempts.length === 0) return undefined;
  const late: OrphanedJobs = {
    run_id: runId,
    policy: plan.request.policy,
    bucket: terms.bucket,
    folder: terms.folder,
    busy_until: state.acceptedAt + 2 * terms.export_timeout,
    until: state.acceptedAt + DAY,
    attempts,
  };
  await writeOrphanedJobs(deps.store, late);
  return late;
}

/** What there is to watch: a job, or a key until that time (epoch ms). */
function watchOf(attempt: Attempt, { export_timeout }: Terms): 'job' | number {
  if (statusOf(attempt).kind === 'running') return 'job';
  return mayStillArrive(attempt) ? attempt.intentAt + 2 * export_timeout : 0;
}

/** The phones and servers that these jobs still take up. */
export function inFlightJobs(orphaned: OrphanedJobs[], now: number): InFlightJob[] {
  return orphaned
    .filter((late) => now < late.busy_until)
    .flatMap((late) => late.attempts.filter(({ jobs }) => jobs.length > 0));
}
