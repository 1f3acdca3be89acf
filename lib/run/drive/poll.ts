import type { DriveDeps } from '../deps.ts';
import { jobsToPoll, pollJobs } from '../export/poll-jobs.ts';
import { pollOrphanedJobs } from '../settle/poll-orphaned-jobs.ts';
import { containFailure } from '../state/contain-failure.ts';
import { pollInterval } from './next-due.ts';
import type { Work } from './work.ts';

const AFTER_FAILED_POLL_MS = 20_000;
const ORPHANED_EVERY_MS = 30_000;

/** Polls the jobs of all runs together, when that is due: one call covers many export calls. */
export async function pollDue(deps: DriveDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  if (now < work.nextAt.jobs) return;
  const runs = [...work.runs.values()];
  const requests = jobsToPoll(runs, now).size;
  work.nextAt.jobs = now + pollInterval(runs, requests, now);
  if (requests === 0) return;
  const succeeded = await containFailure(deps, () => pollJobs(deps, runs));
  if (!succeeded) work.nextAt.jobs = now + AFTER_FAILED_POLL_MS;
}

/** Polls the jobs that outlived their runs, when that is due. */
export async function pollOrphanedDue(deps: DriveDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  if (now < work.nextAt.orphanedJobs || work.orphaned.length === 0) return;
  work.nextAt.orphanedJobs = now + ORPHANED_EVERY_MS;
  const remaining = [];
  for (const orphaned of work.orphaned) {
    if (isStillOpen(work, orphaned.run_id)) {
      remaining.push(orphaned);
      continue;
    }
    let rest = orphaned;
    await containFailure(deps, async () => {
      rest = await pollOrphanedJobs(deps, orphaned);
    });
    if (rest.attempts.length > 0) remaining.push(rest);
  }
  work.orphaned = remaining;
}

/** A run that rests may follow its jobs again: until then they only keep their phones busy. */
function isStillOpen(work: Work, runId: string): boolean {
  return work.open.has(runId) && work.runs.get(runId)?.report === undefined;
}
