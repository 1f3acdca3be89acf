import type { RunEvent } from '../../ledger/run/events.ts';
import { fold } from '../../ledger/run/fold.ts';
import { layout } from '../../ledger/store/layout.ts';
import { countFitting } from '../../ledger/store/parts/split.ts';
import { appendLog, foreignEntries } from '../../ledger/run/log/log.ts';
import { addMetrics, type Metrics, noMetrics } from '../../ledger/run/log/metrics.ts';
import type { Store } from '../../ledger/store/store.ts';
import { LeaseLost } from '../../errors.ts';
import type { DriveDeps } from '../deps.ts';
import { logEvents } from './log-events.ts';
import { refresh, type StoredRun } from './stored-run.ts';

const EVENTS_PER_ENTRY = 5_000;

/** A run as one drive works on it. */
export type OpenRun = StoredRun & {
  unwritten: Unwritten;
  retryAt: RetryTimes;
  /** When the archives of succeeded jobs were last looked up (epoch ms), and how long that took. */
  lookedUp: { at: number; took: number };
};

/** What this drive has not written yet. */
type Unwritten = {
  /** Folded into the run's state, but not in its log yet. */
  events: RunEvent[];
  /** A log entry that was not confirmed, and how many of `events` it holds. */
  failed?: { key: string; count: number } | undefined;
  /** Counted since the last log entry. */
  metrics: Metrics;
  /** True until the indexes hold the result of the settled run. */
  result: boolean;
  /** When the log was last written (epoch ms). */
  flushedAt: number;
};

/** Nothing is retried before these times (epoch ms); 0: at once. */
type RetryTimes = {
  /** Any step of the run: the last one failed. */
  step: number;
  /** The states of waiting phones. */
  phoneStates: number;
  /** The exports before a restore. */
  exports: number;
  /** The look-up of each cold archive, by its bucket and key. */
  thaws: Map<string, number>;
  /** The archives of attempts whose outcome is unknown. */
  unknownOutcomes: number;
  /** The archives of a phone, by its id: the last look-up failed. */
  lookUps: Map<string, number>;
  /** When the archives of earlier attempts of a phone that is sent again were last looked up, by its id. */
  clearedAt: Map<string, number>;
  /** When each waiting phone was last looked up, by id. */
  phoneSeenAt: Map<string, number>;
  /** When the jobs of each export call were last listed, by its request id. */
  jobsSeenAt: Map<string, number>;
};

export function toOpenRun(run: StoredRun): OpenRun {
  return {
    ...run,
    lookedUp: { at: 0, took: 0 },
    unwritten: { events: [], metrics: noMetrics(), result: true, flushedAt: 0 },
    retryAt: {
      ...{ step: 0, phoneStates: 0, exports: 0, unknownOutcomes: 0 },
      ...{ phoneSeenAt: new Map(), clearedAt: new Map(), lookUps: new Map() },
      ...{ thaws: new Map(), jobsSeenAt: new Map() },
    },
  };
}

/** Folds events into the run's state; `flush` writes them to the log. */
export function record(run: OpenRun, events: RunEvent[]): void {
  fold(run.state, events);
  for (const event of events) run.unwritten.events.push(event);
}

type Flushing = Pick<DriveDeps, 'clock' | 'log' | 'writer'> & { store: Pick<Store, 'put'> };

/**
 * Appends the unwritten events to the log, oldest first, in entries that stay below the size of an object. What fails to be
 * written stays unwritten. It may be in the bucket all the same, so this drive writes the same events under that key again.
 */
export async function flush(deps: Flushing, run: OpenRun): Promise<void> {
  run.unwritten.flushedAt = deps.clock.now();
  while (run.unwritten.events.length > 0) await flushEntry(deps, run);
}

async function flushEntry({ store, log, writer }: Flushing, run: OpenRun): Promise<void> {
  const { unwritten } = run;
  const sequence = (writer.log.own.get(run.runId) ?? 0) + 1;
  const key = layout.logEntry(run.runId, writer.name, sequence);
  const count =
    unwritten.failed?.key === key
      ? unwritten.failed.count
      : countFitting(unwritten.events, EVENTS_PER_ENTRY);
  const events = unwritten.events.slice(0, count);
  const { metrics } = unwritten;
  unwritten.metrics = noMetrics();
  unwritten.failed = { key, count };
  try {
    await appendLog(store, key, events, metrics);
  } catch (error) {
    addMetrics(unwritten.metrics, metrics);
    throw error;
  }
  unwritten.failed = undefined;
  unwritten.events.splice(0, count);
  writer.log.own.set(run.runId, sequence);
  run.logMark.add(key);
  run.loggedMetrics.set(key, metrics);
  logEvents(log, run, events);
}

/** Flushes every run, even when one fails. Throws the first failure at the end. */
export async function flushAll(deps: Flushing, runs: Iterable<OpenRun>): Promise<void> {
  const results = await Promise.allSettled([...runs].map((run) => flush(deps, run)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/**
 * Flushes the run, then lists its log and reads the lease once: of two drives that do so before they act, at least one sees the
 * other, also where LIST lags. Throws LeaseLost when another drive has the lease, or when the log holds an entry of another one
 * that this one has not read; that entry is folded in.
 */
export async function assertSoleWriter(
  deps: Pick<DriveDeps, 'store' | 'clock' | 'log' | 'writer' | 'stillHeld'>,
  run: OpenRun,
): Promise<void> {
  await flush(deps, run);
  const foreign = await foreignEntries(deps.store, run.runId, deps.writer.name, run.logMark);
  if (foreign.length > 0) {
    await refresh(deps.store, run);
    throw new LeaseLost(`another drive writes to run ${run.runId}`);
  }
  if (!(await deps.stillHeld())) throw new LeaseLost('another drive has taken the lease');
}
