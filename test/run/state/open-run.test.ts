import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { appendLog, readLog } from '../../../lib/ledger/run/log.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { noMetrics } from '../../../lib/ledger/run/metrics.ts';
import { type Plan, writePlan } from '../../../lib/ledger/run/plan.ts';
import { writeReport } from '../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import {
  adoptPlan,
  createWriter,
  flush,
  flushAll,
  loadRun,
  metricsOf,
  type OpenRun,
  record,
  refresh,
  steps,
} from '../../../lib/run/state/open-run.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const own = { phone_id: 'p', attempt: 1 };
const cancel: RunEvent = { type: 'cancel_seen', at: T0 };
const ready: RunEvent = { type: 'ready', at: T0, phone_id: 'p' };
const trouble = (code: string): RunEvent => ({ type: 'step_failed', at: T0, code, message: 'm' });
const cost = (function_ms: number) => ({ ...noMetrics(), function_ms });

function scene(runId = RUN) {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  const lines: unknown[] = [];
  const line = (event: string, fields?: object) => void lines.push([event, fields]);
  const deps = { clock, store, log: { info: line, warn: line, error: line } };
  return { clock, store, lines, deps, run: openRun(runId, [plannedPhone('p')]) };
}

function planOf({ plan }: OpenRun): Plan {
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
  it('knows no run without a request', async () => {
    const { store } = scene();
    await appendLog(store, RUN, '1-a', 1, [cancel]);
    expect(await loadRun(store, RUN, T0)).toBeUndefined();
  });

  it('reads a run that has no plan yet', async () => {
    const { store, run } = scene();
    await putRequest(store, run.request);
    const key = await appendLog(store, RUN, '1-a', 1, [cancel, trouble('a')], cost(7));
    await writeReport(store, report(RUN), []);
    expect(await loadRun(store, RUN, T0 + 5)).toEqual({
      ...run,
      requestedAt: T0 + 5,
      plan: undefined,
      state: {
        ...{ ...run.state, phones: new Map(), cancelledAt: T0 },
        failures: [trouble('a')],
      },
      mark: new Set([key]),
      logged: new Map([[key, cost(7)]]),
      flushedAt: 0,
    });
  });

  it.each([
    ['when it was asked for', -1, -1],
    ['when it was planned, though it is asked for again', 1, 0],
  ])(
    'reads the plan, the phones and the state of a planned run, asked for %s',
    async (_, asked, known) => {
      const { store, run } = scene();
      await putRequest(store, run.request);
      await writePlan(store, '1-a', planOf(run), [plannedPhone('p')]);
      await appendLog(store, RUN, '1-a', 1, [ready]);
      const loaded = await loadRun(store, RUN, T0 + asked);
      expect(loaded?.requestedAt).toBe(T0 + known);
      expect(loaded?.plan).toMatchObject({ started_at: T0, selected: 1 });
      expect(loaded?.state.phones.get('p')).toMatchObject({
        readyAt: T0,
        planned: { phone_id: 'p' },
      });
      expect(loaded?.report).toBeUndefined();
    },
  );

  it('reads the report of a run that is settled', async () => {
    const { store, run } = scene();
    await putRequest(store, run.request);
    await writePlan(store, '1-a', planOf(run), []);
    const written = await writeReport(store, report(RUN), []);
    expect((await loadRun(store, RUN, T0))?.report).toEqual(written);
  });

  it('throws what cannot be read', async () => {
    const { store, run } = scene();
    await putRequest(store, run.request);
    await store.put(layout.plan(RUN), 'not json');
    await expect(loadRun(store, RUN, T0)).rejects.toMatchObject({ code: 'object_invalid' });
  });
});

describe('refresh', () => {
  it('folds in what was appended since, and its costs, once', async () => {
    const { store, run } = scene();
    await appendLog(store, RUN, '1-a', 1, [trouble('a')], cost(1));
    await refresh(store, run);
    await appendLog(store, RUN, '2-b', 1, [cancel], cost(2));
    await refresh(store, run);
    expect(run.state).toMatchObject({ failures: [{ code: 'a' }], cancelledAt: T0 });
    expect(metricsOf(run).function_ms).toBe(3);
    expect(run.pending).toEqual([]);
  });
});

describe('adoptPlan', () => {
  it('reads the log anew for the phones that are there now', async () => {
    const { store, run } = scene();
    const unplanned = { ...openRun(RUN, []), plan: undefined };
    await appendLog(store, RUN, '2-b', 1, [ready]);
    await refresh(store, unplanned);
    const plan = planOf(run);
    await adoptPlan(store, unplanned, { plan, phones: [plannedPhone('p')] });
    expect(unplanned.plan).toBe(plan);
    expect(unplanned.state.phones.get('p')?.readyAt).toBe(T0);
  });

  it('keeps what is known of the run itself', async () => {
    const { store, run } = scene();
    record(run, [cancel]);
    await adoptPlan(store, run, { plan: planOf(run), phones: [] });
    expect(run.state.cancelledAt).toBe(T0);
    expect(run.state.phones.size).toBe(0);
  });
});

describe('record', () => {
  it('takes facts into the state, and keeps them for the log', () => {
    const { run } = scene();
    record(run, [cancel]);
    record(run, [ready]);
    expect(run.state.cancelledAt).toBe(T0);
    expect(run.pending).toEqual([cancel, ready]);
  });
});

describe('createWriter', () => {
  it('counts up from one', () => {
    const writer = createWriter('1-a');
    expect([writer.name, writer.next(), writer.next()]).toEqual(['1-a', 1, 2]);
  });
});

describe('flush', () => {
  const failing = (deps: ReturnType<typeof scene>['deps']) => ({
    ...deps,
    store: { put: () => Promise.reject(new Error('unreachable')) },
  });

  it('appends what is pending as one entry, with what was counted, and logs it', async () => {
    const { store, deps, run, clock, lines } = scene();
    record(run, [cancel, trouble('a')]);
    run.unlogged = cost(7);
    clock.move(5);
    await flush(deps, run, createWriter('1-a'));
    const key = layout.logEntry(RUN, '1-a', 1);
    const logged = new Map<string, object>();
    expect(await readLog(store, RUN, new Set(), logged as OpenRun['logged'])).toEqual([
      cancel,
      trouble('a'),
    ]);
    expect(logged).toEqual(new Map([[key, cost(7)]]));
    expect(run).toMatchObject({ pending: [], flushedAt: T0 + 5 });
    expect([run.mark, run.logged]).toEqual([new Set([key]), logged]);
    expect(run.unlogged).toEqual(noMetrics());
    expect(lines).toEqual([['cancel_seen', { run: RUN, policy: 'nightly' }]]);
  });

  it('writes nothing where nothing is pending, and keeps what was counted', async () => {
    const { store, deps, run, clock } = scene();
    run.unlogged = cost(7);
    clock.move(5);
    await flush(deps, run, createWriter('1-a'));
    expect(await store.list('')).toEqual([]);
    expect(run.flushedAt).toBe(T0 + 5);
    expect(run.unlogged).toEqual(cost(7));
  });

  it('keeps what could not be appended, before what has come since', async () => {
    const { deps, run, lines } = scene();
    const writer = createWriter('1-a');
    record(run, [cancel]);
    run.unlogged = cost(7);
    const flushing = flush(failing(deps), run, writer);
    record(run, [ready]);
    run.unlogged.function_ms += 2;
    await expect(flushing).rejects.toThrow('unreachable');
    expect(run.pending).toEqual([cancel, ready]);
    expect(run.unlogged).toEqual(cost(9));
    expect([run.mark.size, run.logged.size, lines]).toEqual([0, 0, []]);
    await flush(deps, run, writer);
    expect([...run.mark]).toEqual([layout.logEntry(RUN, '1-a', 2)]);
    expect(run.pending).toEqual([]);
  });
});

describe('flushAll', () => {
  it('flushes every run, though others fail, and throws the first failure', async () => {
    const { store, deps } = scene();
    const runs = ['a-1', 'b-1', 'c-1', 'd-1'].map((id) => openRun(id, []));
    for (const run of runs) record(run, [cancel]);
    const put = async (key: string, body: string) => {
      if (key.startsWith('runs/b-1/')) throw new Error('the first');
      if (key.startsWith('runs/c-1/')) throw new Error('the second');
      await store.put(key, body);
    };
    const writer = createWriter('1-a');
    await expect(flushAll({ ...deps, store: { put } }, runs, writer)).rejects.toThrow('the first');
    expect(runs.map(({ pending }) => pending.length)).toEqual([0, 1, 1, 0]);
    await flushAll(deps, runs, writer);
    expect(runs.map(({ pending }) => pending.length)).toEqual([0, 0, 0, 0]);
  });
});

describe('metricsOf', () => {
  it('adds up what is logged and what is not yet', () => {
    const { run } = scene();
    run.logged.set('k1', cost(1)).set('k2', cost(2));
    run.unlogged = cost(4);
    expect(metricsOf(run)).toEqual(cost(7));
    expect(run.unlogged).toEqual(cost(4));
  });

  it('is nothing for a run that has cost nothing', () => {
    expect(metricsOf(scene().run)).toEqual(noMetrics());
  });
});

describe('steps', () => {
  const unknown: RunEvent = { type: 'outcome_unknown', at: T0, ...own };
  const accepted: RunEvent = { type: 'accepted', at: T0, ...own, job_id: 'j', request_id: 'r' };
  const stepOf = (events: RunEvent[], now = T0, changes: Parameters<typeof openRun>[2] = {}) => {
    const run = openRun(RUN, [plannedPhone('p')], changes);
    fold(run.state, events);
    return steps(run, now)[0]?.step;
  };
  const exportOf = (took: number): RunEvent => ({
    ...{ type: 'ended', at: T0, phone_id: 'p', attempt: 9, result: 'succeeded', took },
  });

  it('tells of every phone in the order of submission', () => {
    const run = openRun(RUN, [plannedPhone('q'), plannedPhone('p')]);
    const all = steps(run, T0);
    expect(all.map(({ phone }) => phone.planned.phone_id)).toEqual(['q', 'p']);
    expect(all.map(({ step }) => step.kind)).toEqual(['submit', 'submit']);
  });

  it('tells of none while there is no plan, or no terms', () => {
    const run = openRun(RUN, [plannedPhone('p')]);
    expect(steps({ ...run, plan: undefined }, T0)).toEqual([]);
    if (run.plan !== undefined) delete run.plan.terms;
    expect(steps(run, T0)).toEqual([]);
  });

  it('knows the terms, the beginning and whether the run is cancelled', () => {
    const deadline = { terms: { deadline: MINUTE } };
    expect(stepOf([], T0 + MINUTE - 1, deadline)?.kind).toBe('submit');
    expect(stepOf([], T0 + MINUTE, deadline)).toMatchObject({ outcome: 'timed_out' });
    expect(stepOf([cancel])).toMatchObject({ outcome: 'cancelled' });
  });

  it.each<[string, number, number]>([
    ['a quarter of an hour until an export was seen', 0, 15],
    ['two minutes at least', 0.5, 2],
    ['two minutes after an export of one', 1, 2],
    ['twice as long as the longest export took', 10, 20],
    ['no longer than an export may take', 40, 60],
  ])('watches for a lost archive %s', (_, took, minutes) => {
    const events = took === 0 ? [] : [exportOf(MINUTE / 4), exportOf(took * MINUTE)];
    const phone = openRun(RUN, [plannedPhone('p'), plannedPhone('q')]);
    fold(phone.state, [
      unknown,
      ...events.map((event) => ({ ...event, phone_id: 'q' }) as RunEvent),
    ]);
    expect(steps(phone, T0)[0]?.step).toMatchObject({
      ...{ kind: 'watch', until: T0 + minutes * MINUTE },
    });
  });

  it('knows since when looks at the jobs have failed', () => {
    const end = T0 + 60 * MINUTE;
    const blind = (to: 'jobs' | 'archives'): RunEvent => ({ type: 'outage_started', at: T0, to });
    const seen: RunEvent = { type: 'outage_ended', at: T0 + 1, to: 'jobs' };
    const overdue = end + 30 * MINUTE;
    expect(stepOf([accepted, blind('jobs')], overdue)?.kind).toBe('done');
    expect(stepOf([accepted, blind('archives')], overdue)?.kind).toBe('follow');
    expect(stepOf([accepted, blind('jobs'), seen], overdue)?.kind).toBe('follow');
  });

  it('knows since when looks at the archives have failed', () => {
    const blind = (to: 'jobs' | 'archives'): RunEvent => ({ type: 'outage_started', at: T0, to });
    const events: RunEvent[] = [accepted, { type: 'ended', at: T0, ...own, result: 'succeeded' }];
    const over = T0 + 150 * MINUTE;
    expect(stepOf([...events, blind('archives')], over)).toMatchObject({ reason: 'not_verified' });
    expect(stepOf([...events, blind('jobs')], over)?.kind).toBe('verify');
  });
});
