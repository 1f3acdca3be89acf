import type { Job } from '../../cloud/cph/job.ts';
import type { ObjectInfo } from '../../cloud/obs/list.ts';
import {
  type OrphanedAttempt,
  type OrphanedJobs,
  recordLateArchive,
  writeOrphanedJobs,
} from '../../ledger/run/orphaned-jobs.ts';
import { indexArchives } from '../../ledger/state/phones.ts';
import { archiveKey, runFolder } from '../../policy/keys/keys.ts';
import type { RunDeps } from '../deps.ts';
import { endsAsTar, isPlausible } from '../export/verify-archives.ts';
import { RECHECK_AFTER_MS } from '../state/next-step.ts';

const REQUESTS_PER_CALL = 20;
const MAX_HEADS = 20;

/** One attempt that outlived its run. */
type Orphan = { orphaned: OrphanedJobs; attempt: OrphanedAttempt };

/** Polls the orphaned jobs of a settled run once. Records archives that arrived, drops ended jobs, returns what is left. */
export async function pollOrphanedJobs(
  deps: RunDeps,
  orphaned: OrphanedJobs,
): Promise<OrphanedJobs> {
  const now = deps.clock.now();
  const jobs = await listJobs(deps, orphaned);
  const isListed = await listWatched(deps, orphaned);
  const left: OrphanedAttempt[] = [];
  for (const attempt of orphaned.attempts) {
    const own = new Set(attempt.jobs.map((job) => job.job_id));
    const states = jobs.filter((job) => own.has(job.job_id)).map((job) => job.state);
    const orphan = { orphaned, attempt };
    if (states.includes('succeeded')) left.push(...(await verify(deps, orphan, now)));
    else if (attempt.watch_until !== undefined) {
      if (isListed(attempt)) left.push(...(await watch(deps, orphan, now)));
      else if (now < attempt.watch_until) left.push(attempt);
    } else if (!states.includes('failed') && now < orphaned.until) left.push(attempt);
    else await recordUnconfirmed(deps, orphan, await headOf(deps, orphan), now);
  }
  const rest = { ...orphaned, attempts: left };
  if (JSON.stringify(rest) !== JSON.stringify(orphaned)) await writeOrphanedJobs(deps.store, rest);
  return rest;
}

async function listJobs(deps: RunDeps, { attempts }: OrphanedJobs): Promise<Job[]> {
  const ids = [...new Set(attempts.flatMap(({ jobs }) => jobs.map((job) => job.request_id)))];
  const jobs: Job[] = [];
  for (let from = 0; from < ids.length; from += REQUESTS_PER_CALL) {
    jobs.push(...(await deps.cph.listJobs(ids.slice(from, from + REQUESTS_PER_CALL))));
  }
  return jobs;
}

/** Returns which watched keys need a HEAD: with many keys, those that one LIST shows. */
async function listWatched(
  deps: Pick<RunDeps, 'archives'>,
  orphaned: OrphanedJobs,
): Promise<(attempt: OrphanedAttempt) => boolean> {
  const watched = orphaned.attempts.filter((attempt) => attempt.watch_until !== undefined);
  if (watched.length <= MAX_HEADS) return () => true;
  const folder = runFolder(orphaned.folder, orphaned.run_id);
  const { objects } = await deps.archives.list(orphaned.bucket, `${folder}/`);
  const keys = new Set(objects.map(({ key }) => key));
  return (attempt) => keys.has(keyOf({ orphaned, attempt }));
}

/** Records the archive of a succeeded job. Returns the attempt while its archive may still appear. */
async function verify(deps: RunDeps, orphan: Orphan, now: number): Promise<OrphanedAttempt[]> {
  const found = await headOf(deps, orphan);
  if (found === undefined) {
    const absent_at = orphan.attempt.absent_at ?? now;
    return now - absent_at < RECHECK_AFTER_MS ? [{ ...orphan.attempt, absent_at }] : [];
  }
  if (isPlausible(found.size)) await recordArchive(deps, orphan, found, now);
  else await recordUnconfirmed(deps, orphan, found, now);
  return [];
}

/** Looks up the archive of an attempt without a known job. Returns the attempt while its archive may still appear. */
async function watch(deps: RunDeps, orphan: Orphan, now: number): Promise<OrphanedAttempt[]> {
  const { orphaned, attempt } = orphan;
  const found = await headOf(deps, orphan);
  if (found !== undefined && (await endsAsTar(deps, orphaned.bucket, found))) {
    await recordArchive(deps, orphan, found, now);
    return [];
  }
  if (now < (attempt.watch_until ?? 0)) return [attempt];
  await recordUnconfirmed(deps, orphan, found, now);
  return [];
}

function headOf(deps: Pick<RunDeps, 'archives'>, orphan: Orphan): Promise<ObjectInfo | undefined> {
  return deps.archives.head(orphan.orphaned.bucket, keyOf(orphan));
}

function keyOf({ orphaned, attempt }: Orphan): string {
  return archiveKey(orphaned.folder, orphaned.run_id, attempt.phone_id, attempt.attempt);
}

function lateArchive({ attempt }: Orphan, { key, size, etag }: ObjectInfo, seen_at: number) {
  return { phone_id: attempt.phone_id, attempt: attempt.attempt, key, size, etag, seen_at };
}

/** Records an object that no job confirms, if there is one. */
async function recordUnconfirmed(
  deps: Pick<RunDeps, 'store'>,
  orphan: Orphan,
  found: ObjectInfo | undefined,
  now: number,
): Promise<void> {
  if (found === undefined) return;
  const archive = { ...lateArchive(orphan, found, now), unconfirmed: true as const };
  await recordLateArchive(deps.store, orphan.orphaned.run_id, archive);
}

async function recordArchive(
  deps: RunDeps,
  orphan: Orphan,
  found: ObjectInfo,
  now: number,
): Promise<void> {
  const { run_id, policy, bucket } = orphan.orphaned;
  const { phone_id, phone_name } = orphan.attempt;
  const { key, size, etag } = found;
  await recordLateArchive(deps.store, run_id, lateArchive(orphan, found, now));
  const archive = { run_id, bucket, key, size, etag, verified_at: now };
  await indexArchives(deps.store, [{ phone_id, phone_name, policy, archive }]);
  deps.log.info('archive_arrived_late', { run: run_id, policy, phone: phone_id });
}
