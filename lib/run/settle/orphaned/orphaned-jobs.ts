import pLimit from 'p-limit';
import { layout } from '../../../ledger/store/layout.ts';
import { asUnreadable } from '../../../ledger/store/object-error.ts';
import {
  isResting,
  noteUnreadable,
  noteUsable,
  removeHandled,
} from '../../state/failures/resting.ts';
import {
  type OrphanedJobs,
  orphanedJobsKey,
  readOrphanedJobs,
  splitOrphanedJobs,
  writeOrphanedJobs,
} from '../../../ledger/run/orphaned-jobs.ts';
import type { Attempt } from '../../../ledger/run/run-state.ts';
import type { Terms } from '../../../ledger/run/plan.ts';
import { mayStillArrive, statusOf } from '../../state/attempt-status.ts';
import type { InFlightJob } from '../../export/batches/batch.ts';
import type { DriveDeps, RunDeps } from '../../deps.ts';
import type { StoredRun } from '../../state/stored-run.ts';

const READS_AT_ONCE = 8;
const PUTS_AT_ONCE = 8;
const DAY = 24 * 60 * 60_000;

/** Reads the jobs that outlived their runs. An object that cannot be read rests. */
export async function loadOrphanedJobs(
  deps: Pick<DriveDeps, 'clock' | 'until' | 'store' | 'log' | 'unreadable'>,
  ids: string[],
): Promise<OrphanedJobs[]> {
  const limit = pLimit(READS_AT_ONCE);
  const awake = ids.filter((id) => !isResting(deps, layout.orphanedJobs(id)));
  const isHandled = (id: string): boolean =>
    deps.unreadable.objects.get(layout.orphanedJobs(id))?.handled === true;
  const handled = awake.filter(isHandled).map((id) => layout.orphanedJobs(id));
  if (handled.length > 0) await removeHandled(deps, handled);
  const each = awake
    .filter((id) => !isHandled(id))
    .map((id) =>
      limit(async () => {
        // Nothing is exported after it, so no phone needs to be known as busy.
        if (deps.clock.now() >= deps.until) return undefined;
        try {
          return await readOrphanedJobs(deps.store, id);
        } catch (error) {
          noteUnreadable(deps, asUnreadable(layout.orphanedJobs(id), error));
          return undefined;
        }
      }),
    );
  const orphaned = (await Promise.all(each)).filter((jobs) => jobs !== undefined);
  const read = new Set(orphaned.map(orphanedJobsKey));
  noteUsable(deps, (key) => read.has(key));
  return orphaned;
}

/**
 * Stores the running jobs of a run that ends, which drive polls from then on. Where the response to an attempt was lost, its
 * archive is looked up for twice the export timeout: from now on for a phone that ends without a backup, whose job may have
 * waited behind others, else from the attempt on. Returns what was stored: nothing when nothing is left to watch.
 */
export async function orphanRunningJobs(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  { runId, plan, state }: Pick<StoredRun, 'runId' | 'plan' | 'state'>,
): Promise<OrphanedJobs[]> {
  if (plan?.terms === undefined) return [];
  const { terms } = plan;
  const { kind } = plan.request;
  const now = deps.clock.now();
  const attempts = [...state.phones.values()].flatMap((phone) => {
    const { planned } = phone;
    const all = [...phone.attempts.values()];
    const isExported = all.some((attempt) => statusOf(attempt).kind === 'verified');
    const watchedFrom = ({ intentAt }: Attempt): number => (isExported ? intentAt : now);
    return all
      .map((attempt) => ({ attempt, watch: watchOf(attempt, watchedFrom(attempt), terms) }))
      .filter(({ watch }) => watch === 'job' || (kind === undefined && watch > now))
      .map(({ attempt, watch }) => ({
        phone_id: planned.phone_id,
        phone_name: planned.phone_name,
        ...(planned.image_version === undefined ? {} : { image_version: planned.image_version }),
        server_id: planned.server_id,
        attempt: attempt.number,
        jobs:
          watch === 'job'
            ? attempt.accepted.map(({ job_id, request_id }) => ({ job_id, request_id }))
            : [],
        ...(watch === 'job' ? {} : { watch_until: watch }),
      }));
  });
  const orphaned = splitOrphanedJobs({
    run_id: runId,
    ...(kind === undefined ? {} : { kind }),
    policy: plan.request.policy,
    bucket: terms.bucket,
    folder: terms.folder,
    busy_until: state.acceptedAt + 2 * terms.export_timeout,
    until: state.acceptedAt + DAY,
    attempts,
  });
  const limit = pLimit(PUTS_AT_ONCE);
  await Promise.all(orphaned.map((jobs) => limit(() => writeOrphanedJobs(deps.store, jobs))));
  return orphaned;
}

/** Returns 'job' for a running job, else until when the archive may still arrive (epoch ms). */
function watchOf(attempt: Attempt, from: number, { export_timeout }: Terms): 'job' | number {
  if (statusOf(attempt).kind === 'running') return 'job';
  return mayStillArrive(attempt) ? from + 2 * export_timeout : 0;
}

/** Returns the jobs that may still run, with their phones and servers. */
export function inFlightJobs(orphaned: OrphanedJobs[], now: number): InFlightJob[] {
  return orphaned
    .filter(({ busy_until }) => now < busy_until)
    .flatMap(({ attempts }) => attempts.filter(({ jobs }) => jobs.length > 0));
}
