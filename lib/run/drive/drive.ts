import { LeaseLost, PhonevaultError } from '../../errors.ts';
import { isHint } from '../../ledger/hints/hints.ts';
import { takeLease } from '../../ledger/lease.ts';
import { type Inbox, listOpen } from '../../ledger/run/request.ts';
import { readCredentialsRefused } from '../../ledger/state/credential-alarm.ts';
import { readLimits, writeLimits } from '../../ledger/state/limits.ts';
import { createWriter, type DriveDeps, type RunDeps } from '../deps.ts';
import { clearCredentialsRefused, noteCredentialsRefused } from '../notify/credentials-alarm.ts';
import { loadOrphanedJobs } from '../settle/orphaned-jobs.ts';
import { stopsDrive } from '../state/contain-failure.ts';
import { flushAll, type OpenRun } from '../state/open-run.ts';
import { INBOX_EVERY_MS, workUntilIdle } from './loop.ts';
import { takeInbox } from './take-inbox.ts';
import { createWork, type Work } from './work.ts';

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
  const refused = await readCredentialsRefused(deps.store);
  if (refused !== undefined && deps.clock.now() < refused.rest_until) {
    return { kind: 'resting', open: inbox.requests.length };
  }
  const { holder, ttlMs, until, memory = new Map<string, OpenRun>() } = options;
  const lease = await takeLease(deps.store, { clock: deps.clock, holder, ttlMs });
  if (lease === undefined) {
    deps.log.info('lease_held');
    return { kind: 'held', open: inbox.requests.length };
  }
  deps.log.info('lease_taken', { epoch: lease.epoch });

  try {
    const orphaned = await loadOrphanedJobs(deps, inbox.late);
    const learned = { limits: await readLimits(deps.store) };
    const writer = createWriter(lease.writer);
    const own: DriveDeps = { ...deps, writer, until, stillHeld: lease.stillHeld, learned };
    const work = createWork({ remembered: memory, orphaned }, deps.clock.now() + INBOX_EVERY_MS);
    await workUnderLease(own, work, { inbox, wereRefused: refused !== undefined, memory });
    return { kind: 'drove', open: work.runs.size };
  } finally {
    await lease.release();
  }
}

async function workUnderLease(
  deps: DriveDeps,
  work: Work,
  before: { inbox: Inbox; wereRefused: boolean; memory: Map<string, OpenRun> },
): Promise<void> {
  const { memory } = before;
  try {
    await takeInbox(deps, work, before.inbox);
    await workUntilIdle(deps, work);
    if (before.wereRefused) await clearCredentialsRefused(deps);
  } catch (error) {
    if (!stopsDrive(error)) throw error;
    if (!(error instanceof LeaseLost)) {
      await noteCredentialsRefused(deps, error instanceof PhonevaultError ? error.code : 'unknown');
      throw error;
    }
    deps.log.warn('lease_lost', { message: error.message });
  } finally {
    memory.clear();
    await writeLimits(deps.store, deps.learned.limits).catch(() => undefined);
    deps.meter.share(work.runs.values());
    await flushAll(deps, work.runs.values());
  }
  for (const [runId, run] of work.runs) memory.set(runId, run);
}

function isEmpty({ requests, cancels, late, hints }: Inbox): boolean {
  return requests.length + cancels.length + late.length + hints.filter(isHint).length === 0;
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
