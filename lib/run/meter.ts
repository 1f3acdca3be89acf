import type { Clock } from '../clock.ts';
import type { CallRecord } from '../cloud/request/request.ts';
import {
  addCall,
  addMetrics,
  type CallResult,
  type Metrics,
  noMetrics,
} from '../ledger/run/metrics.ts';

/** What is counted for: a run, and its counts that are not in its log yet. */
type Metered = { runId: string; unwritten: { metrics: Metrics } };

/** Counts one invocation's calls and time for the runs that they serve. */
export type Meter = {
  /** Counts a try of a call for the run that is worked at, if one is. Never throws. */
  call(record: CallRecord): void;
  /** Counts a wait (ms) that a service's throttling caused. */
  throttled(ms: number): void;
  /** What `work` calls is this run's. A drive works at one run at a time; two of these at once would mix their calls up. */
  during<T>(run: Metered, work: () => Promise<T>): Promise<T>;
  /** The run that is worked at. */
  runId(): string | undefined;
  /** Shares the time since it was shared last evenly among the open runs, and deals them the calls that served none alone, in turns. */
  share(runs: Iterable<Metered>): void;
};

export function createMeter(clock: Pick<Clock, 'now'>): Meter {
  let owner: Metered | undefined;
  const pool: Metrics[] = [];
  let sharedAt = clock.now();
  let turn = 0;

  const add = (change: (metrics: Metrics) => void): void => {
    const own = owner?.unwritten.metrics;
    if (own !== undefined) return change(own);
    const metrics = noMetrics();
    change(metrics);
    pool.push(metrics);
  };

  return {
    call: ({ service, operation, attempt, outcome }) =>
      add((metrics) => {
        addCall(metrics, { service, operation, result: resultOf(outcome) });
        if (attempt > 1) metrics.retries += 1;
      }),
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
      for (const metrics of pool.splice(0)) {
        const run = runs[turn++ % runs.length];
        if (run !== undefined) addMetrics(run.unwritten.metrics, metrics);
      }
    },
  };
}

/** An answer that says no to what was asked is a refusal; that a thing is absent, or there already, is an answer. */
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
