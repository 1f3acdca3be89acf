import pLimit from 'p-limit';
import type { Job } from '../../cloud/cph/job.ts';
import type { PhonevaultError } from '../../errors.ts';
import type { ObjectInfo } from '../../cloud/obs/list.ts';
import {
  type LateArchive,
  type OrphanedAttempt,
  type OrphanedJobs,
  orphanedJobsKey,
  recordLateArchive,
  writeOrphanedJobs,
} from '../../ledger/run/orphaned-jobs.ts';
import { readPlanHead } from '../../ledger/run/plan.ts';
import { ifReadable } from '../../ledger/store/object-error.ts';
import { archiveKey, runFolder } from '../../policy/keys/keys.ts';
import type { DriveDeps, RunDeps } from '../deps.ts';
import { listJobs } from '../export/jobs/list-jobs.ts';
import { isError, orError } from '../export/look-up.ts';
import { endsAsTar, isPlausible } from '../export/archives/archive-file.ts';
import { RECHECK_AFTER_MS } from '../state/next-step.ts';
import { addReported } from './add-reported.ts';
import { noteFailedPoll, retryAt } from './failed-poll.ts';
import { removeHandled } from '../state/failures/resting.ts';

const REQUESTS_PER_CALL = 20;
/** As many jobs as one page of CPH's list holds. */
const MAX_ATTEMPTS = 100;
const MAX_HEADS = 20;
const HEADS_AT_ONCE = 8;
const MAX_LISTED = 5_000;

/** One attempt that outlived its run. */
type Orphan = { orphaned: OrphanedJobs; attempt: OrphanedAttempt };

/** `arrived`: verified archives that are not in the catalogue yet. */
type PollDeps = RunDeps & { arrived: LateArchive[] };

/** Splits the attempts that are due into lists for which one `list-jobs` call is enough. */
export function pollLists({ attempts }: OrphanedJobs, now: number): OrphanedAttempt[][] {
  const requestOf = ({ jobs }: OrphanedAttempt): string => jobs[0]?.request_id ?? '';
  const sorted = attempts
    .filter(({ failed }) => now >= (failed?.retry_at ?? 0))
    .sort((a, b) => compareText(requestOf(a), requestOf(b)));
  const lists: OrphanedAttempt[][] = [];
  let [list, requests]: [OrphanedAttempt[], Set<string>] = [[], new Set()];
  for (const attempt of sorted) {
    const next = new Set([...requests, ...attempt.jobs.map((job) => job.request_id)]);
    if (list.length >= MAX_ATTEMPTS || (list.length > 0 && next.size > REQUESTS_PER_CALL)) {
      lists.push(list);
      [list, requests] = [[], new Set(attempt.jobs.map((job) => job.request_id))];
    } else requests = next;
    list.push(attempt);
  }
  return list.length === 0 ? lists : [...lists, list];
}

/**
 * Polls orphaned attempts of a settled run once, all of them unless `due` names some. Records archives that arrived, drops
 * ended jobs, returns what is left. An attempt that cannot be looked up holds up no other, and is given up after a day.
 */
export async function pollOrphanedJobs(
  deps: RunDeps & Pick<DriveDeps, 'unreadable' | 'until'>,
  orphaned: OrphanedJobs,
  due: readonly OrphanedAttempt[] = orphaned.attempts,
): Promise<OrphanedJobs> {
  const now = deps.clock.now();
  const polling: PollDeps = { ...deps, arrived: [] };
  const orOver = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    const result = await orError(work);
    if (!isError(result)) return result;
    const isOver = due.every((attempt) => now >= endOf(orphaned, attempt));
    if (!isOver || result.code === 'time_up') throw result;
    noteGivenUp(deps, orphaned, result);
    return otherwise;
  };
  const states = await orOver(() => jobStates(deps, due), new Map<string, Job['state']>());
  const isListed = await orOver(
    () => listWatched(deps, orphaned, due),
    () => true,
  );
  const limit = pLimit(HEADS_AT_ONCE);
  let hasHung = false;
  const poll = async (attempt: OrphanedAttempt): Promise<OrphanedAttempt[]> => {
    const orphan = { orphaned, attempt };
    const known = attempt.jobs.map(({ job_id }) => states.get(job_id));
    if (orphaned.kind === 'restore') {
      const isOver = known.includes('succeeded') || known.includes('failed');
      return isOver || now >= orphaned.until ? [] : [attempt];
    }
    if (known.includes('succeeded')) return verify(polling, orphan, now);
    if (attempt.watch_until !== undefined) {
      if (isListed(attempt)) return watch(polling, orphan, now);
      return now < attempt.watch_until ? [attempt] : [];
    }
    if (!known.includes('failed') && now < orphaned.until) return [attempt];
    await recordUnconfirmed(deps, orphan, await headOf(deps, orphan), now);
    return [];
  };
  const pollOrKeep = async (attempt: OrphanedAttempt): Promise<OrphanedAttempt[]> => {
    const { failed, ...own } = attempt;
    const left = await orError(() => poll(own));
    if (!isError(left)) return left;
    if (left.code === 'time_up') throw left;
    if (left.code === 'unreachable') hasHung = true;
    const isOver = now >= endOf(orphaned, attempt);
    if (isOver) noteGivenUp(deps, orphaned, left);
    else noteFailed(deps, orphaned, left);
    const { times = 0 } = failed ?? {};
    return isOver ? [] : [{ ...own, failed: { times: times + 1, retry_at: retryAt(times, now) } }];
  };
  const isDue = new Set(due);
  const each = orphaned.attempts.map(async (attempt) =>
    isDue.has(attempt) ? limit(() => pollOrKeep(attempt)) : [attempt],
  );
  const rest: OrphanedJobs = { ...orphaned, attempts: (await Promise.all(each)).flat() };
  delete rest.failed;
  // Together: two changes of one shard at the same time would lose one of them.
  if (polling.arrived.length > 0) {
    await orOver(() => addLate(deps, orphaned, polling.arrived), undefined);
  }
  if (rest.attempts.length === 0) await removeHandled(deps, [orphanedJobsKey(orphaned)]);
  else if (hasHung && rest.attempts.length === orphaned.attempts.length) {
    return noteFailedPoll(deps, { ...orphaned, attempts: rest.attempts });
  } else if (JSON.stringify(rest) !== JSON.stringify(orphaned)) {
    await writeOrphanedJobs(deps.store, rest);
  }
  return rest;
}

/** Adds archives to the catalogue; without the plan of their run only a rebuild can. */
async function addLate(
  deps: RunDeps,
  { run_id, attempts: planned }: OrphanedJobs,
  late: LateArchive[],
): Promise<void> {
  const plan = await ifReadable(readPlanHead(deps.store, run_id));
  if (plan !== undefined) await addReported(deps, { plan, planned, late });
}

/** Returns when a look that still fails is the last (epoch ms). */
function endOf({ until }: OrphanedJobs, { watch_until = 0 }: OrphanedAttempt): number {
  return Math.max(until, watch_until);
}

function noteFailed(
  { log }: Pick<RunDeps, 'log'>,
  { run_id: run, policy }: OrphanedJobs,
  { code, message }: PhonevaultError,
): void {
  log.warn('step_failed', { run, policy, code, message });
}

function noteGivenUp(
  { log }: Pick<RunDeps, 'log'>,
  { run_id: run, policy }: OrphanedJobs,
  { code, message }: PhonevaultError,
): void {
  log.warn('not_done', { run, policy, step: 'orphaned_jobs', code, message });
}

async function jobStates(
  { cph, clock, until }: Pick<DriveDeps, 'cph' | 'clock' | 'until'>,
  attempts: readonly OrphanedAttempt[],
): Promise<Map<string, Job['state']>> {
  const ids = [...new Set(attempts.flatMap(({ jobs }) => jobs.map((job) => job.request_id)))];
  const states = new Map<string, Job['state']>();
  for (let from = 0; from < ids.length; from += REQUESTS_PER_CALL) {
    const some = ids.slice(from, from + REQUESTS_PER_CALL);
    const { jobs } = await listJobs(cph, some, () => clock.now() < until);
    for (const { job_id, state } of jobs) states.set(job_id, state);
  }
  return states;
}

/** Returns which watched keys need a HEAD: with many keys, those that one LIST shows, and those behind its end. */
async function listWatched(
  deps: Pick<RunDeps, 'archives'>,
  orphaned: OrphanedJobs,
  due: readonly OrphanedAttempt[],
): Promise<(attempt: OrphanedAttempt) => boolean> {
  const watched = due.filter((attempt) => attempt.watch_until !== undefined);
  if (watched.length <= MAX_HEADS) return () => true;
  const folder = `${runFolder(orphaned.folder, orphaned.run_id)}/`;
  const { objects } = await deps.archives.list(orphaned.bucket, folder, { max: MAX_LISTED });
  const keys = new Set(objects.map(({ key }) => key));
  const end = objects.length < MAX_LISTED ? undefined : objects.at(-1)?.key;
  return (attempt) => {
    const key = keyOf({ orphaned, attempt });
    return keys.has(key) || (end !== undefined && key > end);
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Records the archive of a succeeded job. Returns the attempt while its archive may still appear. */
async function verify(deps: PollDeps, orphan: Orphan, now: number): Promise<OrphanedAttempt[]> {
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
async function watch(deps: PollDeps, orphan: Orphan, now: number): Promise<OrphanedAttempt[]> {
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
  deps: PollDeps,
  orphan: Orphan,
  found: ObjectInfo,
  now: number,
): Promise<void> {
  const { run_id, policy } = orphan.orphaned;
  const { phone_id } = orphan.attempt;
  deps.arrived.push(await recordLateArchive(deps.store, run_id, lateArchive(orphan, found, now)));
  deps.log.info('archive_arrived_late', { run: run_id, policy, phone: phone_id });
}
