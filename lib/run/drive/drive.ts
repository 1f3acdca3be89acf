import { LeaseLost, PhonevaultError, withCleanup } from '../../errors.ts';
import { isHint } from '../../ledger/hints/hints.ts';
import { type Lease, takeLease, type UnreadableLease } from '../../ledger/lease/lease.ts';
import { noteOrphans, orphanNames } from '../../ledger/lease/orphan-names.ts';
import { knowShards } from '../../ledger/lease/shard-names.ts';
import { endsSoFar, endsToKeep } from '../../ledger/run/log/log-ends.ts';
import { type Inbox, listOpen } from '../../ledger/run/request.ts';
import { readCredentialAlarm } from '../../ledger/state/notified/notified.ts';
import { readLimits, writeLimits } from '../../ledger/state/limits.ts';
import { readRegister } from '../../ledger/state/notified/unreadable.ts';
import { createWriter, type DriveDeps, type RunDeps, type Writer } from '../deps.ts';
import { clearCredentialsRefused, noteCredentialsRefused } from '../notify/credentials-alarm.ts';
import { loadOrphanedJobs } from '../settle/orphaned/orphaned-jobs.ts';
import { saveUnreadable } from '../notify/unreadable/objects.ts';
import { failWithoutLease, noteLease, publishHeldUp } from '../notify/unreadable/lease.ts';
import { stopsDrive } from '../state/failures/stops-drive.ts';
import { recallInFlight, saveInFlight } from './inbox/in-flight.ts';
import type { OpenRun } from '../state/open-run.ts';
import { INBOX_EVERY_MS, workUntilIdle } from './loop.ts';
import { flushOrRest } from './inbox/rest-run.ts';
import { takeInbox } from './inbox/take-inbox.ts';
import { createWork } from './work.ts';

export type DriveOptions = {
  /** No work starts after this time (epoch ms). */
  until: number;
  /** How long the lease lasts, in ms: as long as a drive may work, and a margin. */
  ttlMs: number;
  /** Unique to this invocation, `[a-z0-9]+`. */
  holder: string;
  /** Runs as an earlier drive of this instance left them. Only new log entries of these are read. */
  memory?: Map<string, OpenRun>;
};

export type DriveResult = {
  /**
   * idle: nothing is open. lease_held: another drive holds the lease. credentials_refused: the services refused the
   * credentials, and drive waits before it tries again. worked: worked until nothing was due or the time was up.
   */
  kind: 'idle' | 'lease_held' | 'credentials_refused' | 'worked';
  /** Runs that are still open, also those that rest. */
  open: number;
};

/**
 * Advances every open run: plans, submits, polls, verifies, settles and notifies, until nothing is due or the time is up. The
 * next drive continues from the ledger.
 */
export async function drive(deps: RunDeps, options: DriveOptions): Promise<DriveResult> {
  const inbox = await listOpen(deps.store);
  if (isEmpty(inbox)) return { kind: 'idle', open: 0 };
  const refused = await readCredentialAlarm(deps.store);
  if (refused !== undefined && deps.clock.now() < refused.retry_at) {
    return { kind: 'credentials_refused', open: inbox.requests.length };
  }
  const { holder, ttlMs, until } = options;
  const onIgnored = (key: string): void => deps.log.warn('lease_ignored', { key });
  let unreadable: UnreadableLease | undefined;
  const onUnreadable = (found: UnreadableLease): void => void (unreadable = found);
  const leasing = { clock: deps.clock, holder, ttlMs, onIgnored, onUnreadable };
  const lease = await takeLease(deps.store, leasing).catch((error: unknown) =>
    failWithoutLease({ ...deps, until }, error),
  );
  if (unreadable !== undefined) logUnreadable(deps, unreadable);
  if (lease === undefined) {
    deps.log.info('lease_held');
    if (unreadable?.heldUntil !== undefined || unreadable?.stopsAll === true) {
      await publishHeldUp({ ...deps, until }, unreadable);
    }
    return { kind: 'lease_held', open: inbox.requests.length };
  }
  deps.log.info('lease_taken', { epoch: lease.epoch });

  const writer = createWriter(lease.writer, lease.log);
  const left: Left = { open: new Set(inbox.requests.map(({ runId }) => runId)), unsure: true };
  const known = { ...inbox, orphaned: orphanNames(inbox.orphaned, writer.log) };
  const { epoch, follows } = lease;
  const start = { inbox: known, wereRefused: refused !== undefined, epoch, follows, unreadable };
  const under = {
    ...{ ...deps, writer, until, stillHeld: lease.stillHeld },
    store: knowShards(noteOrphans(deps.store, writer.log.orphaned), writer.log),
    noteOrphans: orphanNotes(lease, writer, deps.clock),
  };
  return withCleanup(
    () => driveUnderLease(under, options.memory ?? new Map<string, OpenRun>(), start, left),
    () => lease.release(endsToKeep(writer, left, deps.clock.now())),
  );
}

function logUnreadable({ log }: Pick<RunDeps, 'log'>, { error }: UnreadableLease): void {
  const { key, code, message } = error;
  log.error('lease_unreadable', { key, code, message: message.slice(0, 300) });
}

/** Returns a function that notes in the lease what this drive has written to `open/late/`, when there is something new. */
function orphanNotes(
  lease: Lease,
  writer: Writer,
  clock: RunDeps['clock'],
): DriveDeps['noteOrphans'] {
  let noted = '{}';
  return async () => {
    const now = JSON.stringify(Object.fromEntries(writer.log.orphaned));
    if (now === noted) return;
    await lease.note(endsSoFar(writer, clock.now()));
    noted = now;
  };
}

/** What a drive starts from. `unreadable`: the lease before its own, when it could not be read. */
type Start = {
  inbox: Inbox;
  wereRefused: boolean;
  unreadable: UnreadableLease | undefined;
} & Pick<Lease, 'epoch' | 'follows'>;

/** What a drive leaves: the open runs, and whether more of its log entries may be in the bucket than it knows. */
type Left = { open: ReadonlySet<string>; unsure: boolean };

async function driveUnderLease(
  deps: Omit<DriveDeps, 'learned' | 'unreadable'>,
  memory: Map<string, OpenRun>,
  { inbox, wereRefused, epoch, follows, unreadable }: Start,
  left: Left,
): Promise<DriveResult> {
  const [limits, register] = await Promise.all([readLimits(deps.store), readRegister(deps.store)]);
  const own: DriveDeps = {
    ...deps,
    learned: { limits },
    unreadable: { ...register, changed: false },
  };
  noteLease(own, unreadable);
  deps.reads.load(limits.reads);
  const known = new Map(memory);
  const orphaned = await loadOrphanedJobs(own, inbox.orphaned);
  const notRead = await recallInFlight(deps, inbox.requests.length, follows);
  const recalled = { remembered: known, orphaned, notRead };
  const work = createWork(recalled, deps.clock.now() + INBOX_EVERY_MS);
  const ended = withCleanup(
    async () => {
      try {
        await takeInbox(own, work, inbox);
        await workUntilIdle(own, work);
        if (wereRefused && own.meter.hasCphAccepted()) await clearCredentialsRefused(own);
      } catch (error) {
        await handleStop(own, error);
      }
    },
    async () => {
      memory.clear();
      left.open = work.open;
      const reads = deps.reads.learned();
      if (reads !== limits.reads) own.learned.limits = { ...own.learned.limits, reads };
      if (own.learned.limits !== limits) await saveLimits(own);
      own.meter.share(work.runs.values());
      await withCleanup(
        async () => {
          left.unsure = !(await flushOrRest(own, work));
          await saveInFlight(own, epoch, work);
        },
        () => saveUnreadable(own),
      );
    },
  );
  await ended.catch((error: unknown) => {
    // What could not be written stands nowhere else.
    const runs = error instanceof PhonevaultError ? [...known.values(), ...work.runs.values()] : [];
    for (const run of runs) if (run.unwritten.events.length > 0) memory.set(run.runId, run);
    throw error;
  });
  const isKept = ({ runId, unwritten }: OpenRun): boolean =>
    work.unread.has(runId) || (work.open.has(runId) && unwritten.events.length > 0);
  for (const [runId, run] of known) if (isKept(run)) memory.set(runId, run);
  for (const [runId, run] of work.runs) memory.set(runId, run);
  return { kind: 'worked', open: work.open.size };
}

/** Ends the drive quietly when another one has taken over. Records refused credentials. Throws every error but a lost lease. */
async function handleStop(deps: DriveDeps, error: unknown): Promise<void> {
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

/** Writes the learned limits. A failure is only logged: the limits are a cache. */
async function saveLimits({ store, log, learned }: DriveDeps): Promise<void> {
  try {
    await writeLimits(store, learned.limits);
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    log.warn('limits_not_written', { code: error.code, message: error.message });
  }
}

function isEmpty({ requests, cancels, orphaned, hints, prunes }: Inbox): boolean {
  const known = [requests, cancels, orphaned, hints.filter(isHint), prunes];
  return known.every((list) => list.length === 0);
}

const MAX_WORK_MS = 50_000;
const RESERVE_MS = 8_000;
/** For the calls that are under way when the work ends, and the last writes. */
const LEASE_MARGIN_MS = 40_000;

/**
 * Returns until when a drive may work (epoch ms), from the invocation's time left (ms), and how long its lease lasts (ms). It
 * works for at most 50 s, so that drives of successive minutes do not overlap, and keeps a reserve for its last calls. The lease
 * lasts for that work, whatever the function's time limit is.
 */
export function driveWindow(now: number, leftMs: number): { until: number; ttlMs: number } {
  const work = Math.max(0, Math.min(MAX_WORK_MS, leftMs - RESERVE_MS));
  return { until: now + work, ttlMs: MAX_WORK_MS + LEASE_MARGIN_MS };
}
