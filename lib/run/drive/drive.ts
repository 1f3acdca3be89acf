import { LeaseLost, PhonevaultError, withCleanup } from '../../errors.ts';
import { isHint } from '../../ledger/hints/hints.ts';
import { type Lease, takeLease } from '../../ledger/lease.ts';
import { type Inbox, listOpen } from '../../ledger/run/request.ts';
import { readCredentialAlarm } from '../../ledger/state/notified.ts';
import { readLimits, writeLimits } from '../../ledger/state/limits.ts';
import { createWriter, type DriveDeps, type RunDeps } from '../deps.ts';
import { clearCredentialsRefused, noteCredentialsRefused } from '../notify/credentials-alarm.ts';
import { loadOrphanedJobs } from '../settle/orphaned-jobs.ts';
import { stopsDrive } from '../state/contain-failure.ts';
import { flushAll, type OpenRun } from '../state/open-run.ts';
import { INBOX_EVERY_MS, workUntilIdle } from './loop.ts';
import { takeInbox } from './take-inbox.ts';
import { createWork } from './work.ts';

export type DriveOptions = {
  /** No work is begun after this time (epoch ms). */
  until: number;
  /** How long the lease lasts, in ms: the invocation's limit and a margin. */
  ttlMs: number;
  /** Unique to this invocation, `[a-z0-9]+`. */
  holder: string;
  /** Runs as an earlier drive of this instance left them: only what is new in their logs is read. */
  memory?: Map<string, OpenRun>;
};

export type DriveResult = {
  /** idle: nothing open. held: another invocation drives. resting: credentials are refused. drove: worked until nothing was due or time was up. */
  kind: 'idle' | 'held' | 'resting' | 'drove';
  /** Runs that are still open. */
  open: number;
};

/**
 * Moves every open run on: plans, submits, polls, verifies, settles and notifies, until nothing falls due or the time is up.
 * The next drive finds in the ledger what this one leaves undone.
 */
export async function drive(deps: RunDeps, options: DriveOptions): Promise<DriveResult> {
  const inbox = await listOpen(deps.store);
  if (isEmpty(inbox)) return { kind: 'idle', open: 0 };
  const refused = await readCredentialAlarm(deps.store);
  if (refused !== undefined && deps.clock.now() < refused.retry_at) {
    return { kind: 'resting', open: inbox.requests.length };
  }
  const { holder, ttlMs } = options;
  const lease = await takeLease(deps.store, { clock: deps.clock, holder, ttlMs });
  if (lease === undefined) {
    deps.log.info('lease_held');
    return { kind: 'held', open: inbox.requests.length };
  }
  deps.log.info('lease_taken', { epoch: lease.epoch });

  const start = { inbox, wereRefused: refused !== undefined };
  return withCleanup(
    () => driveUnderLease(deps, lease, options, start),
    () => lease.release(),
  );
}

async function driveUnderLease(
  deps: RunDeps,
  lease: Lease,
  { until, memory = new Map<string, OpenRun>() }: DriveOptions,
  { inbox, wereRefused }: { inbox: Inbox; wereRefused: boolean },
): Promise<DriveResult> {
  const orphaned = await loadOrphanedJobs(deps, inbox.orphaned);
  const limits = await readLimits(deps.store);
  const own: DriveDeps = {
    ...deps,
    writer: createWriter(lease.writer),
    until,
    stillHeld: lease.stillHeld,
    learned: { limits },
  };
  const work = createWork({ remembered: memory, orphaned }, deps.clock.now() + INBOX_EVERY_MS);
  await withCleanup(
    async () => {
      try {
        await takeInbox(own, work, inbox);
        await workUntilIdle(own, work);
        if (wereRefused) await clearCredentialsRefused(own);
      } catch (error) {
        await stop(own, error);
      }
    },
    async () => {
      memory.clear();
      if (own.learned.limits !== limits) await saveLimits(own);
      own.meter.share(work.runs.values());
      await flushAll(own, work.runs.values());
    },
  );
  for (const [runId, run] of work.runs) memory.set(runId, run);
  return { kind: 'drove', open: work.runs.size };
}

/** Ends the drive when another one writes. Throws every other error, once the refusal of credentials is recorded. */
async function stop(deps: DriveDeps, error: unknown): Promise<void> {
  if (error instanceof LeaseLost) {
    deps.log.warn('lease_lost', { message: error.message });
    return;
  }
  const rethrow = async (): Promise<never> => {
    throw error;
  };
  await withCleanup(rethrow, async () => {
    const isRefusal = error instanceof PhonevaultError && stopsDrive(error);
    if (isRefusal) await noteCredentialsRefused(deps, error.code);
  });
}

/** Limits that cannot be written are learned again. */
async function saveLimits({ store, log, learned }: DriveDeps): Promise<void> {
  try {
    await writeLimits(store, learned.limits);
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    log.warn('limits_not_written', { code: error.code, message: error.message });
  }
}

function isEmpty({ requests, cancels, orphaned, hints }: Inbox): boolean {
  return requests.length + cancels.length + orphaned.length + hints.filter(isHint).length === 0;
}

const MAX_MS = 50_000;
const SPARE_MS = 8_000;
const LEASE_MARGIN_MS = 30_000;

/**
 * How long a drive may work and its lease must last, from the time that its invocation has left (ms): at most 50 seconds,
 * so that drives of successive minutes do not meet, and with time to spare for the last call and the last entry.
 */
export function driveWindow(now: number, leftMs: number): { until: number; ttlMs: number } {
  const work = Math.max(0, Math.min(MAX_MS, leftMs - SPARE_MS));
  return { until: now + work, ttlMs: Math.max(leftMs, MAX_MS) + LEASE_MARGIN_MS };
}
