import { policyOfRun } from '../../policy/keys/run-id.ts';
import { PhonevaultError } from '../../errors.ts';
import {
  type OrphanedJobs,
  ORPHANED_JOBS_VERSION,
  type OrphanedAttempt,
  readOrphanedJobs,
  recordLateArchive,
  writeOrphanedJobs,
} from '../../ledger/run/orphaned-jobs.ts';
import type { Attempt } from '../../ledger/run/fold.ts';
import { indexArchives } from '../../ledger/state/phones.ts';
import type { Terms } from '../../ledger/run/plan.ts';
import { archiveKey, runFolder } from '../../policy/keys/keys.ts';
import { mayStillArrive, statusOf } from '../state/attempt-status.ts';
import { RECHECK_AFTER_MS } from '../state/next-step.ts';
import { endsAsTar, isPlausible } from '../export/verify-archives.ts';
import type { InFlightJob } from '../export/batch.ts';
import type { Job } from '../../cloud/cph/job.ts';
import type { ObjectInfo } from '../../cloud/obs/list.ts';
import type { RunDeps } from '../deps.ts';
import type { StoredRun } from '../state/stored-run.ts';

const REQUESTS_PER_CALL = 20;
const MAX_HEADS = 20;
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
    version: ORPHANED_JOBS_VERSION,
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

/** Looks once at the jobs of a settled run; records what landed and drops what ended. Answers what is left. */
export async function pollOrphanedJobs(deps: RunDeps, late: OrphanedJobs): Promise<OrphanedJobs> {
  const now = deps.clock.now();
  const requestIds = [
    ...new Set(late.attempts.flatMap(({ jobs }) => jobs.map((job) => job.request_id))),
  ];
  const jobs: Job[] = [];
  for (let from = 0; from < requestIds.length; from += REQUESTS_PER_CALL) {
    jobs.push(...(await deps.cph.listJobs(requestIds.slice(from, from + REQUESTS_PER_CALL))));
  }
  const isListed = await listWatched(deps, late);
  const left: OrphanedAttempt[] = [];
  for (const entry of late.attempts) {
    const own = new Set(entry.jobs.map((job) => job.job_id));
    const states = jobs.filter((job) => own.has(job.job_id)).map((job) => job.state);
    if (states.includes('succeeded')) left.push(...(await landed(deps, late, entry, now)));
    else if (entry.watch_until !== undefined) {
      if (isListed(entry)) left.push(...(await watched(deps, late, entry, now)));
      else if (now < entry.watch_until) left.push(entry);
    } else if (!states.includes('failed') && now < late.until) left.push(entry);
    else await noteLeftover(deps, late, entry, now);
  }
  const rest = { ...late, attempts: left };
  if (JSON.stringify(rest) !== JSON.stringify(late)) await writeOrphanedJobs(deps.store, rest);
  return rest;
}

/** Where many keys are watched, one LIST tells which of them are worth a look. */
async function listWatched(
  deps: Pick<RunDeps, 'archives'>,
  late: OrphanedJobs,
): Promise<(entry: OrphanedAttempt) => boolean> {
  const watching = late.attempts.filter((entry) => entry.watch_until !== undefined);
  if (watching.length <= MAX_HEADS) return () => true;
  const folder = runFolder(late.folder, late.run_id);
  const { objects } = await deps.archives.list(late.bucket, `${folder}/`);
  const keys = new Set(objects.map(({ key }) => key));
  return (entry) => keys.has(keyOf(late, entry));
}

/** Takes in what a job that ended well has left; answers the try again while its archive may still show. */
async function landed(
  deps: RunDeps,
  late: OrphanedJobs,
  entry: OrphanedAttempt,
  now: number,
): Promise<OrphanedAttempt[]> {
  const found = await headOf(deps, late, entry);
  if (found === undefined) {
    const absent_at = entry.absent_at ?? now;
    return now - absent_at < RECHECK_AFTER_MS ? [{ ...entry, absent_at }] : [];
  }
  if (isPlausible(found.size)) await recordLanded(deps, late, entry, found, now);
  else await recordObject(deps, late, entry, found, now, { unconfirmed: true });
  return [];
}

/** Looks for the archive of a lost answer; answers the try again while it may still come. */
async function watched(
  deps: RunDeps,
  late: OrphanedJobs,
  entry: OrphanedAttempt,
  now: number,
): Promise<OrphanedAttempt[]> {
  const found = await headOf(deps, late, entry);
  if (found !== undefined && (await endsAsTar(deps, late.bucket, found))) {
    await recordLanded(deps, late, entry, found, now);
    return [];
  }
  if (now < (entry.watch_until ?? 0)) return [entry];
  if (found !== undefined) await recordObject(deps, late, entry, found, now, { unconfirmed: true });
  return [];
}

/** A job that failed, or is given up, may have left something behind: what lies there is to be known. */
async function noteLeftover(
  deps: RunDeps,
  late: OrphanedJobs,
  entry: OrphanedAttempt,
  now: number,
): Promise<void> {
  const found = await headOf(deps, late, entry);
  if (found !== undefined) await recordObject(deps, late, entry, found, now, { unconfirmed: true });
}

function headOf(
  deps: Pick<RunDeps, 'archives'>,
  late: OrphanedJobs,
  entry: OrphanedAttempt,
): Promise<ObjectInfo | undefined> {
  return deps.archives.head(late.bucket, keyOf(late, entry));
}

function keyOf(late: OrphanedJobs, entry: OrphanedAttempt): string {
  return archiveKey(late.folder, late.run_id, entry.phone_id, entry.attempt);
}

async function recordObject(
  deps: Pick<RunDeps, 'store'>,
  late: OrphanedJobs,
  { phone_id, attempt }: OrphanedAttempt,
  { key, size, etag }: ObjectInfo,
  seen_at: number,
  doubt: { unconfirmed?: true } = {},
): Promise<void> {
  const object = { phone_id, attempt, key, size, etag, seen_at };
  await recordLateArchive(deps.store, late.run_id, { ...object, ...doubt });
}

async function recordLanded(
  deps: RunDeps,
  late: OrphanedJobs,
  entry: OrphanedAttempt,
  found: ObjectInfo,
  now: number,
): Promise<void> {
  const { phone_id, phone_name } = entry;
  const { key, size, etag } = found;
  await recordObject(deps, late, entry, found, now);
  const archive = { run_id: late.run_id, bucket: late.bucket, key, size, etag, verified_at: now };
  await indexArchives(deps.store, [{ phone_id, phone_name, policy: late.policy, archive }]);
  deps.log.info('archive_arrived_late', { run: late.run_id, policy: late.policy, phone: phone_id });
}
