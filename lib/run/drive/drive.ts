import { PhonevaultError } from '../../errors.ts';
import { readCredentialsRefused } from '../../ledger/state/credential-alarm.ts';
import { type Lease, takeLease } from '../../ledger/lease.ts';
import { readLimits, writeLimits } from '../../ledger/state/limits.ts';
import { type Inbox, listOpen } from '../../ledger/run/request.ts';
import { clearCredentialsRefused, noteCredentialsRefused } from '../notify/credentials-alarm.ts';
import type { RunDeps } from '../deps.ts';
import { pollOrphanedJobs, loadOrphanedJobs, inFlightJobs } from '../settle/orphaned-jobs.ts';
import { createWriter, flushAll, type OpenRun } from '../state/open-run.ts';
import { isHint } from '../../ledger/hints/hints.ts';
import { containFailure } from '../state/contain-failure.ts';
import { createFirstBackups } from '../first-backup/reconcile.ts';
import { publishMissedSlots } from '../notify/missed-slots.ts';
import { publishHeartbeat } from '../notify/heartbeat.ts';
import { publishStaleness } from '../notify/staleness.ts';
import { nextDue, MIN_POLL_MS, pollInterval } from './next-due.ts';
import { advance, closeSettled, runFirstBackups, takeInbox, type Work } from './steps.ts';
import { jobsToPoll, pollJobs } from '../export/poll-jobs.ts';
import { LeaseLost, stopsDrive } from '../state/stops-drive.ts';
import { refreshInventories } from '../plan/refresh-inventory.ts';
import { submitWindow } from '../export/submit.ts';

const INBOX_EVERY_MS = 10_000;
const AFTER_FAILED_POLL_MS = 20_000;
/** Reading a fleet anew takes turns with everything else. */
const READ_SLICE_MS = 10_000;

export type DriveOptions = {
  /** No work is begun after this time (epoch ms). */
  until: number;
  /** How long the lease lasts, in ms: the invocation's limit and a margin. */
  ttlMs: number;
  /** Unique to this invocation, `[a-z0-9]+`. */
  holder: string;
  /** Runs as a warm instance left them, so that only what is new in their logs is read. */
  memory?: Map<string, OpenRun>;
};

export type DriveResult = {
  /** idle: nothing open. held: another invocation drives. resting: credentials are refused. drove: worked until nothing was due or time was up. */
  kind: 'idle' | 'held' | 'resting' | 'drove';
  /** Runs that are still open. */
  open: number;
};

/**
 * Moves every open run on: plans, submits, follows, verifies, settles and notifies, until nothing falls due or the
 * time is up. What it leaves undone the next drive finds in the ledger.
 */
export async function drive(deps: RunDeps, options: DriveOptions): Promise<DriveResult> {
  const inbox = await listOpen(deps.store);
  if (isEmpty(inbox)) return { kind: 'idle', open: 0 };
  const trouble = await readCredentialsRefused(deps.store);
  if (trouble !== undefined && deps.clock.now() < trouble.rest_until) {
    return { kind: 'resting', open: inbox.requests.length };
  }
  const lease = await takeLease(deps.store, {
    clock: deps.clock,
    holder: options.holder,
    ttlMs: options.ttlMs,
  });
  if (lease === undefined) {
    deps.log.info('lease_held');
    return { kind: 'held', open: inbox.requests.length };
  }
  deps.log.info('lease_taken', { epoch: lease.epoch });

  try {
    return await hold(deps, { ...options, wereRefused: trouble !== undefined }, lease, inbox);
  } finally {
    await lease.release();
  }
}

/** Drives under the lease. */
async function hold(
  deps: RunDeps,
  options: DriveOptions & { wereRefused: boolean },
  lease: Lease,
  inbox: Inbox,
): Promise<DriveResult> {
  const writer = createWriter(lease.writer);
  const memory = options.memory ?? new Map<string, OpenRun>();
  const work: Work = {
    runs: new Map(),
    quarantined: new Set(),
    orphaned: await loadOrphanedJobs(deps, inbox.late),
    hints: [],
    lookups: [],
    firstBackups: createFirstBackups(),
    provisionAt: 0,
    stillHeld: lease.stillHeld,
    memory,
    writer,
    session: {
      writer,
      limits: await readLimits(deps.store),
      inFlight: [],
      until: options.until,
    },
    inboxAt: deps.clock.now(),
    pollAt: 0,
    orphanedPollAt: 0,
    until: options.until,
  };
  try {
    await takeInbox(deps, work, inbox);
    await loop(deps, work);
    if (options.wereRefused) await clearCredentialsRefused(deps);
  } catch (error) {
    if (!stopsDrive(error)) throw error;
    if (!(error instanceof LeaseLost)) {
      await noteCredentialsRefused(deps, error instanceof PhonevaultError ? error.code : 'unknown');
      throw error;
    }
    deps.log.warn('lease_lost', { message: error.message });
  } finally {
    memory.clear();
    await writeLimits(deps.store, work.session.limits).catch(() => undefined);
    deps.meter.share([...work.runs.values()]);
    await flushAll(deps, [...work.runs.values()], writer);
  }
  for (const [runId, run] of work.runs) memory.set(runId, run);
  return { kind: 'drove', open: work.runs.size };
}

async function loop(deps: RunDeps, work: Work): Promise<void> {
  const { clock } = deps;
  for (;;) {
    if (clock.now() - work.inboxAt >= INBOX_EVERY_MS) {
      work.inboxAt = clock.now();
      await takeInbox(deps, work, await listOpen(deps.store));
    }
    await followAll(deps, work);
    for (const run of work.runs.values()) await advance(deps, work, run);
    work.session.inFlight = inFlightJobs(work.orphaned, clock.now());
    await submitDue(deps, work);
    deps.meter.share([...work.runs.values()]);
    await closeSettled(deps, work);
    if (clock.now() < work.until) {
      const hints = work.hints;
      work.hints = [];
      await containFailure(deps, undefined, () => publishStaleness(deps, hints));
      await containFailure(deps, undefined, () => publishMissedSlots(deps, hints));
      await containFailure(deps, undefined, () => publishHeartbeat(deps, hints));
      const readUntil = Math.min(work.until, clock.now() + READ_SLICE_MS);
      work.hints = await refreshInventories(deps, hints, readUntil);
    }
    await runFirstBackups(deps, work);

    const now = clock.now();
    const due = work.hints.length > 0 ? now : nextDue(work, now);
    if (due === undefined || due >= work.until || now >= work.until) return;
    const wake = Math.min(Math.max(due, now), work.inboxAt + INBOX_EVERY_MS, work.until);
    if (wake > now) await clock.sleep(wake - now);
  }
}

async function submitDue(deps: RunDeps, work: Work): Promise<void> {
  if (deps.clock.now() >= work.until) return;
  await containFailure(deps, undefined, async () => {
    const sent = await submitWindow(deps, [...work.runs.values()], work.session);
    if (sent) work.pollAt = Math.min(work.pollAt, deps.clock.now() + MIN_POLL_MS);
  });
}

/** Follows the jobs of all runs together, many export calls at once, and looks after those that outlived their runs. */
async function followAll(deps: RunDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  const runs = [...work.runs.values()];
  if (now >= work.pollAt) {
    const requests = jobsToPoll(runs, now).size;
    work.pollAt = now + pollInterval(runs, requests, now);
    const ok =
      requests === 0 ||
      (await containFailure(deps, undefined, () => pollJobs(deps, runs, work.session)));
    if (!ok) work.pollAt = now + AFTER_FAILED_POLL_MS;
  }
  if (now >= work.orphanedPollAt && work.orphaned.length > 0) {
    work.orphanedPollAt = now + 30_000;
    const left = [];
    for (const late of work.orphaned) {
      let rest = late;
      await containFailure(deps, undefined, async () => {
        rest = await pollOrphanedJobs(deps, late);
      });
      if (rest.attempts.length > 0) left.push(rest);
    }
    work.orphaned = left;
  }
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
