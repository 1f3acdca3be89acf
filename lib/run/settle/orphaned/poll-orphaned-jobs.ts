import pLimit from 'p-limit';
import type { Job } from '../../../cloud/cph/job.ts';
import type { PhonevaultError } from '../../../errors.ts';
import {
  type LateArchive,
  type OrphanedAttempt,
  type OrphanedJobs,
  orphanedJobsKey,
  writeOrphanedJobs,
} from '../../../ledger/run/orphaned-jobs.ts';
import { readPlanHead } from '../../../ledger/run/plan.ts';
import { readReport } from '../../../ledger/run/report.ts';
import { ifReadable } from '../../../ledger/store/object-error.ts';
import { runFolder } from '../../../policy/keys/keys.ts';
import type { DriveDeps, RunDeps } from '../../deps.ts';
import { listJobs } from '../../export/jobs/list-jobs.ts';
import { isError, orError } from '../../state/failures/or-error.ts';
import { addReported } from '../add-reported.ts';
import { noteFailedPoll, retryAt } from './failed-poll.ts';
import { forgetLeftovers } from './forget-leftovers.ts';
import {
  headOf,
  keyOf,
  type PollDeps,
  recordUnconfirmed,
  verifyOrphan,
  watchOrphan,
} from './orphaned-archive.ts';
import { removeHandled } from '../../state/failures/resting.ts';

const REQUESTS_PER_CALL = 20;
/** As many jobs as one page of CPH's list holds. */
const MAX_ATTEMPTS = 100;
const MAX_HEADS = 20;
const HEADS_AT_ONCE = 8;
const MAX_LISTED = 5_000;

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
    if (known.includes('succeeded')) return verifyOrphan(polling, orphan, now);
    if (attempt.watch_until !== undefined) {
      if (isListed(attempt)) return watchOrphan(polling, orphan, now);
      return now < attempt.watch_until ? [attempt] : [];
    }
    if (!known.includes('failed') && now < orphaned.until) return [attempt];
    await recordUnconfirmed(polling, orphan, await headOf(deps, orphan), now);
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

/** Adds archives and leftovers to the catalogue; without the plan of their run only a rebuild can. What was verified is no leftover any more. */
async function addLate(
  deps: RunDeps,
  { run_id, attempts: planned }: OrphanedJobs,
  late: LateArchive[],
): Promise<void> {
  const plan = await ifReadable(readPlanHead(deps.store, run_id));
  if (plan === undefined) return;
  const { policy } = plan.request;
  const verified = late.filter(({ unconfirmed }) => unconfirmed !== true);
  if (verified.length > 0) {
    const keys = new Set(verified.map(({ key }) => key));
    await forgetLeftovers(deps.store, policy, { keys, since: plan.started_at });
  }
  const report = await ifReadable(readReport(deps.store, run_id));
  const settledAt = report === undefined ? plan.started_at : Date.parse(report.settled_at);
  await addReported(deps, { plan, planned, late, settledAt });
}

/** Returns from when on a lookup that fails again is the last one (epoch ms). */
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
    const { jobs } = await listJobs(cph, some, { mayHalve: () => clock.now() < until });
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
