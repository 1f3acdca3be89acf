import type { RunEvent } from '../../ledger/run/events.ts';
import {
  fold,
  missingSince,
  type PhoneState,
  type RunState,
  startState,
} from '../../ledger/run/fold.ts';
import { appendLog, type LogMark, readLog } from '../../ledger/run/log.ts';
import { addMetrics, type Metrics, noMetrics } from '../../ledger/run/metrics.ts';
import { type Plan, type PlannedPhone, readPlan, type Terms } from '../../ledger/run/plan.ts';
import { readReport, type Report } from '../../ledger/run/report.ts';
import { readRequest, type RunRequest } from '../../ledger/run/request.ts';
import type { Store } from '../../ledger/store/store.ts';
import type { RunDeps } from '../deps.ts';
import { logEvents } from './log-events.ts';
import { nextStep, type RunFacts, type Step } from './next-step.ts';

const MINUTE = 60_000;
const WATCH_UNTIL_LEARNED = 15 * MINUTE;
const WATCH_AT_LEAST = 2 * MINUTE;

/** A run as one drive holds it in memory. */
export type OpenRun = {
  runId: string;
  requestedAt: number;
  request: RunRequest;
  plan: Plan | undefined;
  state: RunState;
  mark: LogMark;
  report: Report | undefined;
  /** Facts taken into the state and not yet in the log. */
  pending: RunEvent[];
  flushedAt: number;
  /** Before this time (epoch ms) there is nothing to look at in the archives of doubtful tries. */
  watchAt: number;
  /** Before this time (epoch ms) archives are not looked for: the last look failed. */
  verifyAt: number;
  /** Before this time (epoch ms) waiting phones are not asked for again. */
  statesAt: number;
  /** When each waiting phone was last seen (epoch ms), by its id. */
  statesSeen: Map<string, number>;
  /** This drive has carried out every step of settling the run. */
  wrappedUp: boolean;
  /** Before this time (epoch ms) the run is left alone: its last step failed. */
  restUntil: number;
  /** What was counted, by the key of the entry that holds it, and what none holds yet. */
  logged: Map<string, Metrics>;
  unlogged: Metrics;
};

/** Reads what the ledger knows of a run; undefined when its request is gone. Throws `object_newer` and `object_invalid`. */
export async function loadRun(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
  requestedAt: number,
): Promise<OpenRun | undefined> {
  const request = await readRequest(store, runId);
  if (request === undefined) return undefined;
  const planned = await readPlan(store, runId);
  const run: OpenRun = {
    runId,
    // A request that arrives again, late, was not asked for again.
    requestedAt: Math.min(requestedAt, planned?.plan.started_at ?? requestedAt),
    request,
    plan: planned?.plan,
    state: startState(planned?.phones ?? []),
    mark: new Set(),
    report: undefined,
    pending: [],
    flushedAt: 0,
    watchAt: 0,
    statesAt: 0,
    statesSeen: new Map(),
    verifyAt: 0,
    restUntil: 0,
    wrappedUp: false,
    logged: new Map(),
    unlogged: noMetrics(),
  };
  await refresh(store, run);
  if (planned !== undefined) run.report = await readReport(store, runId);
  return run;
}

/** Folds in what was appended to the log since the last look. */
export async function refresh(store: Pick<Store, 'get' | 'list'>, run: OpenRun): Promise<void> {
  fold(run.state, await readLog(store, run.runId, run.mark, run.logged));
}

/**
 * The run has its plan: from here on its phones have a state. Should the plan be another's, so may be entries of the log
 * that were read before there were phones to fold them into: they are read again.
 */
export async function adoptPlan(
  store: Pick<Store, 'get' | 'list'>,
  run: OpenRun,
  { plan, phones }: { plan: Plan; phones: PlannedPhone[] },
): Promise<void> {
  run.plan = plan;
  run.state.phones = startState(phones).phones;
  run.mark.clear();
  await refresh(store, run);
}

/** Takes facts into the state; `flush` makes them last. */
export function record(run: OpenRun, events: RunEvent[]): void {
  fold(run.state, events);
  run.pending.push(...events);
}

/** What this invocation writes under: a name of its own and a count. */
export type Writer = { name: string; next(): number };

export function createWriter(name: string): Writer {
  let count = 0;
  return { name, next: () => (count += 1) };
}

type Flushing = Pick<RunDeps, 'clock' | 'log'> & { store: Pick<Store, 'put'> };

/** Appends what is pending as one log entry; what could not be appended stays pending. */
export async function flush(deps: Flushing, run: OpenRun, writer: Writer): Promise<void> {
  run.flushedAt = deps.clock.now();
  if (run.pending.length === 0) return;
  const events = run.pending;
  run.pending = [];
  const metrics = run.unlogged;
  run.unlogged = noMetrics();
  try {
    const key = await appendLog(deps.store, run.runId, writer.name, writer.next(), events, metrics);
    run.mark.add(key);
    run.logged.set(key, metrics);
    logEvents(deps.log, run, events);
  } catch (error) {
    addMetrics(run.unlogged, metrics);
    run.pending = [...events, ...run.pending];
    throw error;
  }
}

/** What the run has cost so far. */
export function metricsOf(run: OpenRun): Metrics {
  const sum = noMetrics();
  for (const metrics of [...run.logged.values(), run.unlogged]) addMetrics(sum, metrics);
  return sum;
}

/** Flushes every run, though one may fail; throws the first failure when all have been tried. */
export async function flushAll(deps: Flushing, runs: OpenRun[], writer: Writer): Promise<void> {
  const results = await Promise.allSettled(runs.map((run) => flush(deps, run, writer)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** The facts that `decide` needs; undefined while the run has no plan or failed before it started. */
function factsOf(run: OpenRun): RunFacts | undefined {
  const terms = run.plan?.terms;
  if (run.plan === undefined || terms === undefined) return undefined;
  return {
    terms,
    startedAt: run.plan.started_at,
    cancelledAt: run.state.cancelledAt,
    watchFor: typicalExport(run, terms),
    outageSince: {
      jobs: missingSince(run.state.outages.jobs),
      archives: missingSince(run.state.outages.archives),
    },
  };
}

/** Twice the longest export that this run has seen end well, within sensible bounds. */
function typicalExport(run: OpenRun, terms: Terms): number {
  const longest = run.state.longestExport;
  const watch = longest === 0 ? WATCH_UNTIL_LEARNED : longest * 2;
  return Math.min(Math.max(watch, WATCH_AT_LEAST), terms.export_timeout);
}

export type Decided = { phone: PhoneState; step: Step };

/** What comes next for each phone of the run, in submission order. */
export function steps(run: OpenRun, now: number): Decided[] {
  const facts = factsOf(run);
  if (facts === undefined) return [];
  return [...run.state.phones.values()].map((phone) => ({
    phone,
    step: nextStep(phone, facts, now),
  }));
}
