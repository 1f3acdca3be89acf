import { type StoredJob, readInFlight, writeInFlight } from '../../../ledger/state/in-flight.ts';
import { PhonevaultError } from '../../../errors.ts';
import type { DriveDeps } from '../../deps.ts';
import { busyUntil } from '../../state/attempt-status.ts';
import { stopsDrive } from '../../state/failures/stops-drive.ts';
import { keptPhones } from '../../state/steps/agenda.ts';
import type { StoredRun } from '../../state/stored-run.ts';

/** So many runs are read at once, in a few seconds also from a slow service. */
const FEW_RUNS = 16;

/** Each drive says again that a phone is kept. */
const KEPT_MS = 60 * 60_000;

/** What a drive knows of open runs that it has not read. */
export type NotRead = {
  /** Their exports in flight, by run. A run that is neither here nor unknown has none. */
  jobs: Map<string, StoredJob[]>;
  /** Runs of which nothing is known: they may export any phone. */
  unknown: Set<string>;
  /** True when the drives before left no gap: a run that is new since then has no exports. */
  isContinued: boolean;
};

export const nothingKnown = (): NotRead => ({
  ...{ jobs: new Map(), unknown: new Set() },
  isContinued: false,
});

/** Returns what the drive before knew of the open runs. `follows`: its epoch; undefined when it was killed. */
export async function recallInFlight(
  { store }: Pick<DriveDeps, 'store'>,
  open: number,
  follows: number | undefined,
): Promise<NotRead> {
  if (open <= FEW_RUNS || follows === undefined) return nothingKnown();
  const stored = await readInFlight(store, follows);
  if (stored === undefined) return nothingKnown();
  const jobs = new Map(Object.entries(stored.jobs));
  return { jobs, unknown: new Set(stored.unknown), isContinued: true };
}

/** Takes up a LIST of the `open` runs: of which of the `unread` ones nothing is known, and which are gone. */
export function takeListed(
  notRead: NotRead,
  { open, unread }: { open: ReadonlySet<string>; unread: ReadonlyMap<string, unknown> },
): void {
  const { jobs, unknown, isContinued } = notRead;
  if (!isContinued) for (const id of unread.keys()) unknown.add(id);
  for (const id of unknown) if (!unread.has(id)) unknown.delete(id);
  for (const id of jobs.keys()) if (!open.has(id)) jobs.delete(id);
}

/** Forgets what others knew of a run: it was read. */
export function noteRead({ jobs, unknown }: NotRead, runId: string): void {
  jobs.delete(runId);
  unknown.delete(runId);
}

/** Returns the exports of runs that are not read, as far as they may still run. */
export function jobsNotRead({ jobs }: NotRead, now: number): StoredJob[] {
  return [...jobs.values()].flat().filter(({ until }) => now < until);
}

/** The open runs of a drive: those that it has read, those that it has not read yet, and others that could not be read. */
type Known = {
  open: ReadonlySet<string>;
  runs: ReadonlyMap<string, StoredRun>;
  unread: ReadonlyMap<string, unknown>;
  notRead: NotRead;
};

/**
 * Leaves to the next drive what the open runs export, so that it need not read all of them before it exports. A failure is only
 * logged: then the next one reads all.
 */
export async function saveInFlight(
  { store, clock, log }: Pick<DriveDeps, 'store' | 'clock' | 'log'>,
  epoch: number,
  { open, runs, unread, notRead }: Known,
): Promise<void> {
  if (open.size <= FEW_RUNS) return;
  const now = clock.now();
  const jobs = Object.fromEntries(notRead.jobs);
  for (const run of runs.values()) {
    const own = [...jobsOf(run), ...keptOf(run, now)].filter(({ until }) => now < until);
    if (own.length > 0) jobs[run.runId] = own;
  }
  const unreadable = [...open].filter((id) => !runs.has(id) && !unread.has(id));
  try {
    await writeInFlight(store, { epoch, jobs, unknown: [...notRead.unknown, ...unreadable] });
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    log.warn('in_flight_not_written', { code: error.code, message: error.message });
  }
}

/** A phone between its restore and its restart is exported by no other run, however long that takes. */
function keptOf(run: StoredRun, now: number): StoredJob[] {
  return keptPhones(run, now).map(({ planned: { phone_id, server_id } }) => ({
    ...{ phone_id, server_id },
    until: now + KEPT_MS,
  }));
}

function jobsOf({ plan, state }: StoredRun): StoredJob[] {
  const timeout = plan?.terms?.export_timeout ?? 0;
  return [...state.phones.values()].map((phone) => {
    const { phone_id, server_id } = phone.planned;
    return { phone_id, server_id, until: busyUntil(phone, timeout) };
  });
}
