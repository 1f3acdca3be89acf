import type { OrphanedAttempt, OrphanedJobs } from '../../lib/ledger/run/orphaned-jobs.ts';
import { MINUTE, T0 } from './runs.ts';

export const RUN = 'nightly-20260102t023000z';
const HOUR = 60 * MINUTE;

/** An orphaned attempt with a running job. */
export const attemptWithJob = (
  phone_id: string,
  changes: Partial<OrphanedAttempt> = {},
): OrphanedAttempt => ({
  ...{ phone_id, phone_name: `game-${phone_id}`, server_id: 's1', attempt: 1 },
  jobs: [{ job_id: `j-${phone_id}`, request_id: `r-${phone_id}` }],
  ...changes,
});

/** An orphaned attempt whose response was lost. */
export const attemptWithoutJob = (phone_id: string, watch_until = T0 + HOUR): OrphanedAttempt =>
  attemptWithJob(phone_id, { jobs: [], watch_until });

export const orphanedJobs = (
  attempts: OrphanedAttempt[],
  changes: Partial<OrphanedJobs> = {},
): OrphanedJobs => ({
  ...{ run_id: RUN, policy: 'nightly', bucket: 'backups', folder: 'nightly' },
  ...{ busy_until: T0 + 2 * HOUR, until: T0 + 24 * HOUR, attempts },
  ...changes,
});
