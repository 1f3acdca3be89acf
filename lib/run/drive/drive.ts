import { PhonevaultError } from '../../errors.ts';
import { readCredentialTrouble } from '../../ledger/state/credential-alarm.ts';
import { type Lease, takeLease } from '../../ledger/lease.ts';
import { readLimits, writeLimits } from '../../ledger/state/limits.ts';
import { type Inbox, listOpen } from '../../ledger/run/request.ts';
import { clearCredentialTrouble, noteCredentialsRefused } from '../notify/credentials-alarm.ts';
import type { RunDeps } from '../deps.ts';
import { followLate, loadLate, stragglersOf } from '../settle/orphaned-jobs.ts';
import { createWriter, flushAll, type OpenRun } from '../state/open-run.ts';
import { isHint } from '../../ledger/hints/hints.ts';
import { guard } from '../state/contain-failure.ts';
import { createProvisioner } from '../first-backup/reconcile.ts';
import { tellHints } from '../notify/missed-slots.ts';
import { tellHeartbeat } from '../notify/heartbeat.ts';
import { tellStaleness } from '../notify/staleness.ts';
import { nextDue, POLL_FIRST_MS, pollInterval } from './next-due.ts';
import { advance, closeFinished, provisionDue, takeInbox, type Work } from './steps.ts';
import { followed, followJobs } from '../export/poll-jobs.ts';
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
  const trouble = await readCredentialTrouble(deps.store);
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
    return await hold(deps, { ...options, hadTrouble: trouble !== undefined }, lease, inbox);
  } finally {
    await lease.release();
  }
}

/** Drives under the lease. */
async function hold(
  deps: RunDeps,
  options: DriveOptions & { hadTrouble: boolean },
  lease: Lease,
  inbox: Inbox,
): Promise<DriveResult> {
  const writer = createWriter(lease.writer);
  const memory = options.memory ?? new Map<string, OpenRun>();
  const work: Work = {
    runs: new Map(),
    aside: new Set(),
    lates: await loadLate(deps, inbox.late),
    hints: [],
    looks: [],
    provisioner: createProvisioner(),
    provisionAt: 0,
    stillHeld: lease.stillHeld,
    memory,
    writer,
    session: {
      writer,
      limits: await readLimits(deps.store),
      stragglers: [],
      until: options.until,
    },
    inboxAt: deps.clock.now(),
    pollAt: 0,
    latePollAt: 0,
    until: options.until,
  };
  try {
    await takeInbox(deps, work, inbox);
    await loop(deps, work);
    if (options.hadTrouble) await clearCredentialTrouble(deps);
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
    work.session.stragglers = stragglersOf(work.lates, clock.now());
    await submitDue(deps, work);
    deps.meter.share([...work.runs.values()]);
    await closeFinished(deps, work);
    if (clock.now() < work.until) {
      const hints = work.hints;
      work.hints = [];
      await guard(deps, undefined, () => tellStaleness(deps, hints));
      await guard(deps, undefined, () => tellHints(deps, hints));
      await guard(deps, undefined, () => tellHeartbeat(deps, hints));
      const readUntil = Math.min(work.until, clock.now() + READ_SLICE_MS);
      work.hints = await refreshInventories(deps, hints, readUntil);
    }
    await provisionDue(deps, work);

    const now = clock.now();
    const due = work.hints.length > 0 ? now : nextDue(work, now);
    if (due === undefined || due >= work.until || now >= work.until) return;
    const wake = Math.min(Math.max(due, now), work.inboxAt + INBOX_EVERY_MS, work.until);
    if (wake > now) await clock.sleep(wake - now);
  }
}

async function submitDue(deps: RunDeps, work: Work): Promise<void> {
  if (deps.clock.now() >= work.until) return;
  await guard(deps, undefined, async () => {
    const sent = await submitWindow(deps, [...work.runs.values()], work.session);
    if (sent) work.pollAt = Math.min(work.pollAt, deps.clock.now() + POLL_FIRST_MS);
  });
}

/** Follows the jobs of all runs together, many export calls at once, and looks after those that outlived their runs. */
async function followAll(deps: RunDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  const runs = [...work.runs.values()];
  if (now >= work.pollAt) {
    const requests = followed(runs, now).size;
    work.pollAt = now + pollInterval(runs, requests, now);
    const ok =
      requests === 0 || (await guard(deps, undefined, () => followJobs(deps, runs, work.session)));
    if (!ok) work.pollAt = now + AFTER_FAILED_POLL_MS;
  }
  if (now >= work.latePollAt && work.lates.length > 0) {
    work.latePollAt = now + 30_000;
    const left = [];
    for (const late of work.lates) {
      let rest = late;
      await guard(deps, undefined, async () => {
        rest = await followLate(deps, late);
      });
      if (rest.tries.length > 0) left.push(rest);
    }
    work.lates = left;
  }
}

function isEmpty({ requests, cancels, late, hints }: Inbox): boolean {
  return requests.length + cancels.length + late.length + hints.filter(isHint).length === 0;
}

const LONGEST_MS = 50_000;
const SPARE_MS = 8_000;
const LEASE_MARGIN_MS = 30_000;

/**
 * How long a drive may work and its lease must last, from the time that its invocation has left (ms): at most 50 seconds,
 * so that drives of successive minutes do not meet, and with time to spare for the last call and the last entry.
 */
export function driveWindow(now: number, leftMs: number): { until: number; ttlMs: number } {
  const work = Math.max(0, Math.min(LONGEST_MS, leftMs - SPARE_MS));
  return { until: now + work, ttlMs: Math.max(leftMs, LONGEST_MS) + LEASE_MARGIN_MS };
}
