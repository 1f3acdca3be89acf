import type { Clock } from '../clock.ts';
import type { CallRecord } from '../cloud/request/request.ts';
import {
  addCall,
  addMetrics,
  type CallResult,
  type Metrics,
  noMetrics,
} from '../ledger/run/log/metrics.ts';

/** A run, and the metrics that are not in its log yet. */
type Metered = { runId: string; unwritten: { metrics: Metrics } };

/** Counts the calls and the time of one invocation by run. */
export type Meter = {
  /** Counts one attempt of a call, for the run of `during` or for all runs. Never throws. */
  call(record: CallRecord): void;
  /** Returns whether CPH has accepted a call: then the credentials work. */
  hasCphAccepted(): boolean;
  /** Counts a wait (ms) caused by throttling. */
  throttled(ms: number): void;
  /** Counts all calls of `work` for this run. Not for concurrent use: the calls of two runs would be mixed up. */
  during<T>(run: Metered, work: () => Promise<T>): Promise<T>;
  /** Returns the id of the run of `during`. */
  runId(): string | undefined;
  /** Splits the time since the last `share` evenly between the runs, and the calls for all runs in turn. */
  share(runs: Iterable<Metered>): void;
};

export function createMeter(clock: Pick<Clock, 'now'>): Meter {
  let owner: Metered | undefined;
  const unshared: Metrics[] = [];
  let sharedAt = clock.now();
  let turn = 0;
  let hasCphAccepted = false;

  const add = (change: (metrics: Metrics) => void): void => {
    const own = owner?.unwritten.metrics;
    if (own !== undefined) return change(own);
    const metrics = noMetrics();
    change(metrics);
    unshared.push(metrics);
  };

  return {
    call: ({ service, operation, attempt, outcome }) => {
      const result = resultOf(outcome);
      hasCphAccepted ||= service === 'cph' && result === 'ok';
      add((metrics) => {
        addCall(metrics, { service, operation, result });
        if (attempt > 1) metrics.retries += 1;
      });
    },
    hasCphAccepted: () => hasCphAccepted,
    throttled: (ms) => add((metrics) => void (metrics.throttled_ms += Math.round(ms))),
    during: async (run, work) => {
      const before = owner;
      owner = run;
      try {
        return await work();
      } finally {
        owner = before;
      }
    },
    runId: () => owner?.runId,
    share: (all) => {
      const runs = [...all];
      if (runs.length === 0) return;
      const elapsed = Math.max(0, clock.now() - sharedAt);
      const each = Math.floor(elapsed / runs.length);
      sharedAt += each * runs.length;
      for (const run of runs) run.unwritten.metrics.function_ms += each;
      for (const metrics of unshared.splice(0)) {
        const run = runs[turn++ % runs.length];
        if (run !== undefined) addMetrics(run.unwritten.metrics, metrics);
      }
    },
  };
}

/** Returns how a call counts. A response that something is absent, or exists already, is ok. */
function resultOf(outcome: CallRecord['outcome']): CallResult {
  switch (outcome) {
    case 'ok':
    case 'not_found':
    case 'conflict':
      return 'ok';
    case 'throttled':
      return 'throttled';
    case 'service':
    case 'unreachable':
    case 'time_up':
      return 'failed';
    default:
      return 'refused';
  }
}
