import { fold } from '../../ledger/run/fold.ts';
import { type RunState, startState } from '../../ledger/run/run-state.ts';
import { type LogMark, readLogParts } from '../../ledger/run/log/log.ts';
import type { LogEnds } from '../../ledger/run/log/log-ends.ts';
import { addMetrics, type Metrics, noMetrics } from '../../ledger/run/log/metrics.ts';
import { type Plan, type PlannedPhone, readPlan } from '../../ledger/run/plan.ts';
import { readReport, type Report } from '../../ledger/run/report.ts';
import { readRequest, type RunRequest } from '../../ledger/run/request.ts';
import { layout } from '../../ledger/store/layout.ts';
import { throwIfListed } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';

type Readable = Pick<Store, 'get' | 'list'>;

/** An open run, as the ledger has it. */
export type StoredRun = {
  runId: string;
  /** When the run was requested (epoch ms). */
  requestedAt: number;
  request: RunRequest;
  plan: Plan | undefined;
  /** Folded from the events of the log. */
  state: RunState;
  report: Report | undefined;
  /** The log entries that are folded into `state`. */
  logMark: LogMark;
  /** The metrics of each log entry, by its key. */
  loggedMetrics: Map<string, Metrics>;
};

/** Reads a run; undefined when its request is gone. `ends`: where its log ends. Throws `object_newer` and `object_invalid`. */
export async function loadRun(
  store: Readable,
  runId: string,
  requestedAt: number,
  ends?: LogEnds,
): Promise<StoredRun | undefined> {
  const request = await readRequest(store, runId);
  if (request === undefined) return undefined;
  const planned =
    (await readPlan(store, runId)) ?? (await throwIfListed(store, layout.plan(runId)));
  const run: StoredRun = {
    runId,
    // A request written again after the plan is a repeat.
    requestedAt: Math.min(requestedAt, planned?.plan.started_at ?? requestedAt),
    request,
    plan: planned?.plan,
    state: startState(planned?.phones ?? []),
    report: undefined,
    logMark: new Set(),
    loggedMetrics: new Map(),
  };
  await refresh(store, run, ends);
  if (planned !== undefined) {
    run.report =
      (await readReport(store, runId)) ?? (await throwIfListed(store, layout.report(runId)));
  }
  return run;
}

/** Folds in the log entries that were appended since the last read. One that fails goes on where it stopped. */
export async function refresh(store: Readable, run: StoredRun, ends?: LogEnds): Promise<void> {
  const { logMark: mark, loggedMetrics: metrics } = run;
  for await (const events of readLogParts(store, run.runId, { mark, metrics, ends })) {
    fold(run.state, events);
  }
}

/**
 * Gives the run its plan and its phones their state. Reads the log again: entries that were read before may hold events of
 * these phones, when another drive wrote the plan.
 */
export async function adoptPlan(
  store: Readable,
  run: StoredRun,
  { plan, phones }: { plan: Plan; phones: PlannedPhone[] },
  ends?: LogEnds,
): Promise<void> {
  run.plan = plan;
  run.state.phones = startState(phones).phones;
  run.logMark.clear();
  await refresh(store, run, ends);
}

/** Returns the metrics of the run: those in its log and `unwritten`. */
export function metricsOf(run: StoredRun, unwritten: Metrics = noMetrics()): Metrics {
  const sum = noMetrics();
  for (const metrics of [...run.loggedMetrics.values(), unwritten]) addMetrics(sum, metrics);
  return sum;
}

/** Returns whether a person waits for the run. */
export function isRequested({ trigger }: RunRequest): boolean {
  return trigger === 'manual' || trigger === 'http' || trigger === 'restore';
}
