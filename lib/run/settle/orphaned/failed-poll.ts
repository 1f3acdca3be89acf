import { PhonevaultError, ReadsSpent, TimeUp } from '../../../errors.ts';
import {
  type OrphanedJobs,
  orphanedJobsKey,
  writeOrphanedJobs,
} from '../../../ledger/run/orphaned-jobs.ts';
import type { DriveDeps } from '../../deps.ts';
import { removeHandled } from '../../state/failures/resting.ts';
import { stopsDrive } from '../../state/failures/stops-drive.ts';

const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 30 * 60_000;
const DAY = 24 * 60 * 60_000;

/** Returns whether a poll failed. One that was not made, or met what every call would meet, did not. */
export function isFailedPoll(error: unknown): boolean {
  const isPostponed = error instanceof ReadsSpent || error instanceof TimeUp;
  return error instanceof PhonevaultError && !isPostponed && !stopsDrive(error);
}

/** Returns when a poll is tried again that has failed so many times before this one (epoch ms). */
export function retryAt(times: number, now: number): number {
  return now + Math.min(FIRST_PAUSE_MS * 2 ** times, MAX_PAUSE_MS);
}

/**
 * Records that a poll of orphaned jobs failed: the next one waits longer each time, up to half an hour. Gives the jobs up when
 * their time is over and all polls of a day have failed. Returns what is left.
 */
export async function noteFailedPoll(
  deps: Pick<DriveDeps, 'clock' | 'log' | 'store' | 'unreadable'>,
  orphaned: OrphanedJobs,
): Promise<OrphanedJobs> {
  const now = deps.clock.now();
  const { since = now, times = 0 } = orphaned.failed ?? {};
  if (now >= orphaned.until && now - since >= DAY) {
    const { run_id: run, policy, attempts } = orphaned;
    deps.log.error('orphaned_jobs_given_up', { run, policy, phones: attempts.length });
    await removeHandled(deps, [orphanedJobsKey(orphaned)]);
    return { ...orphaned, attempts: [] };
  }
  const next = { ...orphaned, failed: { since, times: times + 1, retry_at: retryAt(times, now) } };
  await writeOrphanedJobs(deps.store, next);
  return next;
}
