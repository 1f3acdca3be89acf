import { describe, expect, it } from 'vitest';
import { TimeUp } from '../../../lib/errors.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { appendLog } from '../../../lib/ledger/run/log/log.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { noMetrics } from '../../../lib/ledger/run/log/metrics.ts';
import { type Plan, writePlan } from '../../../lib/ledger/run/plan.ts';
import { writeReport } from '../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import {
  adoptPlan,
  loadRun,
  metricsOf,
  refresh,
  type StoredRun,
} from '../../../lib/run/state/stored-run.ts';
import { record } from '../../../lib/run/state/open-run.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const cancel: RunEvent = { type: 'cancel_seen', at: T0 };
const ready: RunEvent = { type: 'ready', at: T0, phone_id: 'p' };
const stepFailed = (code: string): RunEvent => ({
  type: 'step_failed',
  at: T0,
  code,
  message: 'm',
});
const cost = (function_ms: number) => ({ ...noMetrics(), function_ms });

function scene(runId = RUN) {
  const store = memoryStore(playClock(T0));
  return { store, run: openRun(runId, [plannedPhone('p')]) };
}

function planOf({ plan }: StoredRun): Plan {
  if (plan === undefined) throw new Error('no plan');
  return plan;
}

const report = (runId: string): Parameters<typeof writeReport>[1] => ({
  ...{ run_id: runId, policy: 'nightly', trigger: 'timer', slot: '20260102T023000Z' },
  outcome: 'completed',
  started_at: new Date(T0).toISOString(),
  settled_at: new Date(T0 + MINUTE).toISOString(),
  counts: { selected: 1, exported: 1, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 },
  listing_complete: true,
});

describe('loadRun', () => {
  it('returns undefined without a request', async () => {
    const { store } = scene();
    await appendLog(store, layout.logEntry(RUN, '1-a', 1), [cancel]);
    expect(await loadRun(store, RUN, T0)).toBeUndefined();
  });

  it('reads a run without a plan', async () => {
    const { store, run } = scene();
    await putRequest(store, run.request);
    const key = layout.logEntry(RUN, '1-a', 1);
    await appendLog(store, key, [cancel, stepFailed('a')], cost(7));
    await writeReport(store, report(RUN), []);
    expect(await loadRun(store, RUN, T0 + 5)).toEqual({
      ...{ runId: RUN, requestedAt: T0 + 5, request: run.request },
      ...{ plan: undefined, report: undefined },
      state: {
        ...{ ...run.state, phones: new Map(), cancelledAt: T0 },
        failures: [stepFailed('a')],
      },
      logMark: new Set([key]),
      loggedMetrics: new Map([[key, cost(7)]]),
    });
  });

  it.each([
    ['when it was requested', -1, -1],
    ['when it was planned, though it is requested again', 1, 0],
  ])(
    'reads the plan, the phones and the state of a planned run, requested %s',
    async (_, requested, known) => {
      const { store, run } = scene();
      await putRequest(store, run.request);
      await writePlan(store, planOf(run), [plannedPhone('p')]);
      await appendLog(store, layout.logEntry(RUN, '1-a', 1), [ready]);
      const loaded = await loadRun(store, RUN, T0 + requested);
      expect(loaded?.requestedAt).toBe(T0 + known);
      expect(loaded?.plan).toMatchObject({ started_at: T0, selected: 1 });
      expect(loaded?.state.phones.get('p')).toMatchObject({
        readyAt: T0,
        planned: { phone_id: 'p' },
      });
      expect(loaded?.report).toBeUndefined();
    },
  );

  it('reads the report of a settled run', async () => {
    const { store, run } = scene();
    await putRequest(store, run.request);
    await writePlan(store, planOf(run), []);
    const written = await writeReport(store, report(RUN), []);
    expect((await loadRun(store, RUN, T0))?.report).toEqual(written);
  });

  it('throws for an unreadable object', async () => {
    const { store, run } = scene();
    await putRequest(store, run.request);
    await store.put(layout.plan(RUN), 'not json');
    await expect(loadRun(store, RUN, T0)).rejects.toMatchObject({ code: 'object_invalid' });
  });
});

describe('refresh', () => {
  it('folds in new log entries and their metrics once', async () => {
    const { store, run } = scene();
    await appendLog(store, layout.logEntry(RUN, '1-a', 1), [stepFailed('a')], cost(1));
    await refresh(store, run);
    await appendLog(store, layout.logEntry(RUN, '2-b', 1), [cancel], cost(2));
    await refresh(store, run);
    expect(run.state).toMatchObject({ failures: [{ code: 'a' }], cancelledAt: T0 });
    expect(metricsOf(run).function_ms).toBe(3);
    expect(run.unwritten.events).toEqual([]);
  });

  it('goes on where it stopped in a long log', async () => {
    const { store, run } = scene();
    for (let n = 1; n <= 40; n += 1) {
      await appendLog(store, layout.logEntry(RUN, '1-a', n), [stepFailed(`c${n}`)]);
    }
    let gets = 0;
    const get: typeof store.get = async (key) => {
      gets += 1;
      if (gets === 30) throw new TimeUp();
      return store.get(key);
    };
    await expect(refresh({ ...store, get }, run)).rejects.toThrow(TimeUp);
    expect(run.logMark.size).toBe(16);
    gets = 30;
    await refresh({ ...store, get }, run);
    expect(gets).toBe(30 + 40 - 16);
    const codes = Array.from({ length: 40 }, (_, n) => `c${n + 1}`);
    expect(new Set(run.state.failures.map(({ code }) => code))).toEqual(new Set(codes));
    expect(run.state.failures).toHaveLength(40);
  });
});

describe('adoptPlan', () => {
  it('reads the log again for the phones of the plan', async () => {
    const { store, run } = scene();
    const unplanned = { ...openRun(RUN, []), plan: undefined };
    await appendLog(store, layout.logEntry(RUN, '2-b', 1), [ready]);
    await refresh(store, unplanned);
    const plan = planOf(run);
    await adoptPlan(store, unplanned, { plan, phones: [plannedPhone('p')] });
    expect(unplanned.plan).toBe(plan);
    expect(unplanned.state.phones.get('p')?.readyAt).toBe(T0);
  });

  it('keeps the state that does not depend on phones', async () => {
    const { store, run } = scene();
    record(run, [cancel]);
    await adoptPlan(store, run, { plan: planOf(run), phones: [] });
    expect(run.state.cancelledAt).toBe(T0);
    expect(run.state.phones.size).toBe(0);
  });
});

describe('metricsOf', () => {
  it('adds up logged and unwritten metrics', () => {
    const { run } = scene();
    run.loggedMetrics.set('k1', cost(1)).set('k2', cost(2));
    const unwritten = cost(4);
    expect(metricsOf(run, unwritten)).toEqual(cost(7));
    expect(unwritten).toEqual(cost(4));
    expect(metricsOf(run)).toEqual(cost(3));
  });

  it('is zero for a run without metrics', () => {
    expect(metricsOf(scene().run)).toEqual(noMetrics());
  });
});
