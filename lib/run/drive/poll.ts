import type { OrphanedAttempt, OrphanedJobs } from '../../ledger/run/orphaned-jobs.ts';
import type { DriveDeps } from '../deps.ts';
import { usualExport } from '../export/batches/courtesy.ts';
import { jobsToPoll } from '../export/jobs/poll-calls.ts';
import { planPolls } from '../export/jobs/poll-plan.ts';
import { pollJobs } from '../export/jobs/poll-jobs.ts';
import { isFailedPoll, noteFailedPoll } from '../settle/orphaned/failed-poll.ts';
import { pollLists, pollOrphanedJobs } from '../settle/orphaned/poll-orphaned-jobs.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { untilTimeUp } from '../state/until-time-up.ts';
import type { Work } from './work.ts';

const MINUTE = 60_000;
/** Polling many jobs is split, so that exports are sent meanwhile. */
const CALLS_A_PASS = 40;
const AFTER_FAILED_POLL_MS = 20_000;
const ORPHANED_EVERY_MS = 30_000;
/** Archives that do not answer must leave time for the open runs. */
const ORPHANED_SLICE_MS = 10_000;
/** Each needs about one `list-jobs` call: at most a fifth of the reads. */
const ORPHANED_LISTS = 4;
const READS_PER_ORPHANED_LIST = 10;
const GOLDEN_RATIO = 0.618_033_988_75;

/** Polls the jobs of all runs together, when that is due: one call covers many export calls. */
export async function pollDue(deps: DriveDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  if (now < work.nextAt.jobs) return;
  const runs = [...work.runs.values()];
  const polled = jobsToPoll(runs, now);
  for (const { retryAt } of runs) {
    for (const id of retryAt.jobsSeenAt.keys()) if (!polled.has(id)) retryAt.jobsSeenAt.delete(id);
  }
  const planned = planPolls(polled, { now, exportMs: usualExport(deps.learned.limits) });
  const calls = planned.calls.slice(0, CALLS_A_PASS);
  const nextAt = calls.length < planned.calls.length ? now : planned.nextAt;
  const interval = Math.max(nextAt - now, calls.length * callMs(deps));
  work.nextAt.jobs = now + interval;
  deps.reads.keepForJobs((calls.length * MINUTE) / interval);
  if (calls.length === 0) return;
  const succeeded = await containFailure(deps, () => pollJobs(deps, polled, calls));
  if (succeeded) return;
  work.nextAt.jobs = Math.max(now + AFTER_FAILED_POLL_MS, deps.reads.nextAt('jobs'));
}

/** Returns the time from one poll call to the next (ms), so that following jobs uses at most half of the reads. */
function callMs({ reads }: Pick<DriveDeps, 'reads'>): number {
  return (2 * MINUTE) / reads.learned().calls_per_minute;
}

/**
 * Polls the jobs that outlived their runs, when that is due. However many they are, one pass makes only a few calls, for
 * others each time, so that enough of the read limit is left for the open runs.
 */
export async function pollOrphanedDue(deps: DriveDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  if (now < work.nextAt.orphanedJobs || work.orphaned.length === 0) return;
  work.nextAt.orphanedJobs = now + ORPHANED_EVERY_MS;
  const lists = work.orphaned
    .filter(({ run_id, failed }) => !isStillOpen(work, run_id) && now >= (failed?.retry_at ?? 0))
    .flatMap((orphaned) => pollLists(orphaned, now).map((due) => ({ orphaned, due })));
  const byObject = new Map<OrphanedJobs, OrphanedAttempt[][]>();
  const { calls_per_minute: reads } = deps.reads.learned();
  const max = Math.min(ORPHANED_LISTS, Math.ceil(reads / READS_PER_ORPHANED_LIST));
  for (const { orphaned, due } of turnOf(lists, max, now))
    byObject.set(orphaned, [...(byObject.get(orphaned) ?? []), due]);
  const polled = new Map<OrphanedJobs, OrphanedJobs>();
  const until = Math.min(deps.until, now + ORPHANED_SLICE_MS);
  for (const [orphaned, own] of byObject) {
    let rest = orphaned;
    const bounded = untilTimeUp(deps);
    for (const due of own) {
      if (deps.clock.now() >= until) break;
      await containFailure(deps, async () => {
        try {
          rest = await pollOrphanedJobs(bounded, rest, due);
        } catch (error) {
          if (isFailedPoll(error)) rest = await noteFailedPoll(deps, rest);
          throw error;
        }
      });
    }
    polled.set(orphaned, rest);
  }
  work.orphaned = work.orphaned
    .map((orphaned) => polled.get(orphaned) ?? orphaned)
    .filter(({ attempts }) => attempts.length > 0);
}

/** Returns the lists that are polled now, at most `max`. Where they begin spreads evenly over all lists, whatever the time between polls. */
function turnOf<T>(lists: T[], max: number, now: number): T[] {
  if (lists.length <= max) return lists;
  const part = (Math.floor(now / ORPHANED_EVERY_MS) * GOLDEN_RATIO) % 1;
  const from = Math.floor(part * lists.length);
  return [...lists.slice(from), ...lists.slice(0, from)].slice(0, max);
}

/** A run that rests may follow its jobs again: until then they only keep their phones busy. */
function isStillOpen(work: Work, runId: string): boolean {
  return work.open.has(runId) && work.runs.get(runId)?.report === undefined;
}
