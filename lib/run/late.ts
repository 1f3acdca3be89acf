import {
  type Late,
  LATE_VERSION,
  type LateTry,
  readLate,
  recordLate,
  writeLate,
} from '../ledger/late.ts';
import { indexArchives } from '../ledger/phones.ts';
import { archiveKey } from '../policy/keys.ts';
import { SECOND_LOOK_MS, standing } from './decide.ts';
import { isPlausible } from './verify.ts';
import type { Straggler } from './cut.ts';
import type { Job } from '../cloud/cph-schemas.ts';
import type { ObjectInfo } from '../cloud/obs-list.ts';
import type { RunDeps } from './deps.ts';
import type { OpenRun } from './open-run.ts';

const REQUESTS_PER_CALL = 20;
const DAY = 24 * 60 * 60_000;

/** Reads the jobs that outlived their runs. One that cannot be read is left alone and logged. */
export async function loadLate(
  deps: Pick<RunDeps, 'store' | 'log'>,
  runIds: string[],
): Promise<Late[]> {
  const lates: Late[] = [];
  for (const runId of runIds) {
    try {
      const late = await readLate(deps.store, runId);
      if (late !== undefined) lates.push(late);
    } catch (error) {
      deps.log.error('late_unreadable', { run: runId, message: String(error).slice(0, 200) });
    }
  }
  return lates;
}

/** Hands the jobs of a run that are still running over to the late watch: from here on the run itself does not follow them. */
export async function keepFollowing(
  deps: Pick<RunDeps, 'store'>,
  { runId, plan, state }: Pick<OpenRun, 'runId' | 'plan' | 'state'>,
): Promise<Late | undefined> {
  if (plan?.terms === undefined) return undefined;
  const { terms } = plan;
  const tries = [...state.phones.values()].flatMap(({ planned, tries: all }) =>
    [...all.values()]
      .filter((attempt) => standing(attempt).kind === 'running')
      .map((attempt) => ({
        phone_id: planned.phone_id,
        phone_name: planned.phone_name,
        server_id: planned.server_id,
        try: attempt.number,
        jobs: attempt.accepted.map(({ job_id, request_id }) => ({ job_id, request_id })),
      })),
  );
  if (tries.length === 0) return undefined;
  const late: Late = {
    version: LATE_VERSION,
    run_id: runId,
    policy: plan.request.policy,
    bucket: terms.bucket,
    folder: terms.folder,
    busy_until: state.acceptedAt + 2 * terms.export_timeout,
    until: state.acceptedAt + DAY,
    tries,
  };
  await writeLate(deps.store, late);
  return late;
}

/** The phones and servers that these jobs still take up. */
export function stragglersOf(lates: Late[], now: number): Straggler[] {
  return lates.filter((late) => now < late.busy_until).flatMap((late) => late.tries);
}

/** Looks once at the jobs of a settled run; records what landed and drops what ended. Answers what is left. */
export async function followLate(deps: RunDeps, late: Late): Promise<Late> {
  const now = deps.clock.now();
  const requestIds = [
    ...new Set(late.tries.flatMap(({ jobs }) => jobs.map((job) => job.request_id))),
  ];
  const jobs: Job[] = [];
  for (let from = 0; from < requestIds.length; from += REQUESTS_PER_CALL) {
    jobs.push(...(await deps.cph.listJobs(requestIds.slice(from, from + REQUESTS_PER_CALL))));
  }
  const left: LateTry[] = [];
  for (const entry of late.tries) {
    const own = new Set(entry.jobs.map((job) => job.job_id));
    const statuses = jobs.filter((job) => own.has(job.job_id)).map((job) => job.status);
    if (statuses.includes(2)) left.push(...(await landed(deps, late, entry, now)));
    else if (!statuses.includes(-1) && now < late.until) left.push(entry);
  }
  const rest = { ...late, tries: left };
  if (JSON.stringify(rest) !== JSON.stringify(late)) await writeLate(deps.store, rest);
  return rest;
}

/** Takes in what a job that ended well has left; answers the try again while its archive may still show. */
async function landed(deps: RunDeps, late: Late, entry: LateTry, now: number): Promise<LateTry[]> {
  const key = archiveKey(late.folder, late.run_id, entry.phone_id, entry.try);
  const found = await deps.archives.head(late.bucket, key);
  if (found === undefined) {
    const absent_at = entry.absent_at ?? now;
    return now - absent_at < SECOND_LOOK_MS ? [{ ...entry, absent_at }] : [];
  }
  if (isPlausible(found.size)) await recordLanded(deps, late, entry, found, now);
  return [];
}

async function recordLanded(
  deps: RunDeps,
  late: Late,
  entry: LateTry,
  { key, size, etag }: ObjectInfo,
  now: number,
): Promise<void> {
  const { phone_id, phone_name } = entry;
  await recordLate(deps.store, late.run_id, {
    phone_id,
    try: entry.try,
    key,
    size,
    etag,
    seen_at: now,
  });
  const archive = { run_id: late.run_id, bucket: late.bucket, key, size, etag, verified_at: now };
  await indexArchives(deps.store, [{ phone_id, phone_name, policy: late.policy, archive }]);
  deps.log.info('landed_late', { run: late.run_id, phone: phone_id });
}
