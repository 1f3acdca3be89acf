import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { addCall, addMetrics, type Metrics, noMetrics } from '../../../lib/ledger/run/metrics.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { createMeter } from '../../../lib/run/meter.ts';
import { getRun } from '../../../lib/run/query/get-run.ts';
import { night, NIGHTLY } from '../../../testing/night.ts';
import { playClock } from '../../../testing/play-clock.ts';

const MINUTE = 60_000;
const options = { phones: 8, servers: 3, seed: 5 };

const total = (counts: Record<string, number> | undefined): number =>
  Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);

function sumOf(...parts: (Metrics | undefined)[]): Metrics {
  const sum = noMetrics();
  for (const part of parts) if (part !== undefined) addMetrics(sum, part);
  return sum;
}

describe('metrics of a run', () => {
  it('tell every call to CPH, and the time that drives took', async () => {
    const world = await night(options);
    await world.putPolicy(NIGHTLY);
    const runId = await world.ask();
    const begun = world.clock.now();
    const { report } = await world.settle(runId);

    const counts = world.cloud.control.calls();
    for (const [operation, own] of Object.entries(counts.cph ?? {})) {
      expect(total(report.metrics?.calls.cph?.[operation]), operation).toBe(total(own));
    }
    const puts = total(report.metrics?.calls.obs?.PutObject);
    expect(puts).toBeGreaterThan(3);
    expect(puts).toBeLessThanOrEqual(total(counts.obs?.PutObject));
    expect(report.metrics?.function_ms).toBeGreaterThan(0);
    expect(report.metrics?.function_ms).toBeLessThanOrEqual(world.clock.now() - begun);
    expect(report.metrics).toMatchObject({ retries: 0, throttled_ms: 0 });
    const view = await getRun(world.invocation().deps.store, runId, world.clock.now());
    expect(view?.metrics).toEqual(report.metrics);
  });

  it('add up to what was called, though runs share calls and drives die', async () => {
    const world = await night(options);
    for (const name of ['nightly', 'other']) {
      await world.putPolicy(NIGHTLY.replace('name: nightly', `name: ${name}`), name);
    }
    const runs = [await world.ask('nightly'), await world.ask('other')];
    await world.drive();
    world.clock.move(MINUTE);
    for (const call of [20, 9]) {
      await world.driveKilled(call, 'after');
      world.clock.move(2 * MINUTE);
    }
    const reports = [];
    for (const runId of runs) {
      reports.push((await world.settle(runId).catch(() => undefined))?.report);
    }
    const { store } = world.invocation().deps;
    reports[1] ??= await readReport(store, runs[1] ?? '');
    const sum = sumOf(...reports.map((report) => report?.metrics));
    const counts = world.cloud.control.calls();
    // What the two that were killed had not written is lost, and nothing is counted twice.
    const called = total(counts.cph?.['batch-storage']);
    expect(total(sum.calls.cph?.['batch-storage'])).toBeGreaterThan(0);
    expect(total(sum.calls.cph?.['batch-storage'])).toBeLessThanOrEqual(called);
    expect(total(sum.calls.cph?.['list-jobs'])).toBeLessThanOrEqual(
      total(counts.cph?.['list-jobs']),
    );
    for (const report of reports) expect(report?.metrics?.function_ms).toBeGreaterThan(0);
  });

  it('tell what was throttled, failed and tried again', async () => {
    const world = await night(options);
    await world.putPolicy(NIGHTLY);
    const runId = await world.ask();
    const { control } = world.cloud;
    const cph = { service: 'cph', kind: 'error' } as const;
    control.addFault({
      ...cph,
      operation: 'batch-storage',
      status: 429,
      code: 'APIGW.0308',
      times: 1,
    });
    control.addFault({ ...cph, operation: 'list-phones', status: 500, code: 'CPS.0003', times: 1 });
    const { report } = await world.settle(runId);
    const calls = report.metrics?.calls.cph;
    expect(calls?.['batch-storage']).toMatchObject({ throttled: 1 });
    expect(calls?.['list-phones']).toMatchObject({ failed: 1 });
    expect(report.metrics?.retries).toBe(1);
    expect(report.metrics?.throttled_ms).toBe(61_000);
  });

  it('cost no PUT of their own, and break nothing when they cannot be read', async () => {
    const world = await night(options);
    await world.putPolicy(NIGHTLY);
    const runId = await world.ask();
    await world.drive();
    const { store } = world.invocation().deps;
    for (const { key } of await store.list(layout.log(runId))) {
      const entry = JSON.parse((await store.get(key))?.body ?? '') as { events: unknown[] };
      expect(entry.events.length).toBeGreaterThan(0);
      const metrics = { calls: { __proto__: 1, 'not a word': {} }, retries: -1 };
      await store.put(key, JSON.stringify({ ...entry, metrics }));
    }
    // As a cold instance, which reads the log anew.
    await world.driveKilled(1, 'before');
    world.clock.move(2 * MINUTE);
    const { report } = await world.settle(runId);
    expect(report.counts).toMatchObject({ selected: 8, failed: 0 });
    expect(report.metrics?.retries).toBe(0);
  });

  it('are not in reports of earlier versions, which read all the same', async () => {
    const world = await night(options);
    await world.putPolicy(NIGHTLY);
    const runId = await world.ask();
    const { report } = await world.settle(runId);
    const { store } = world.invocation().deps;
    for (const metrics of [undefined, 'many']) {
      await store.put(layout.report(runId), JSON.stringify({ ...report, metrics }));
      const view = await getRun(store, runId, world.clock.now());
      expect(view).toMatchObject({ outcome: report.outcome, metrics: null });
    }
  });
});

describe('createMeter', () => {
  const call = { service: 'obs', operation: 'GetObject', attempt: 1, status: 200, ms: 1 } as const;
  const run = (runId: string) => ({ runId, unlogged: noMetrics() });

  it('counts for the run that is worked at, also inside another and after a failure', async () => {
    const meter = createMeter(playClock(0));
    const [a, b] = [run('a'), run('b')];
    const count = () => meter.call({ ...call, outcome: 'ok' });
    await meter.during(a, async () => {
      count();
      const failing = meter.during(b, async () => {
        await Promise.resolve();
        count();
        expect(meter.runId()).toBe('b');
        throw new Error('in b');
      });
      await expect(failing).rejects.toThrow('in b');
      count();
    });
    expect(meter.runId()).toBeUndefined();
    expect([a, b].map(({ unlogged }) => unlogged.calls.obs?.GetObject?.ok)).toEqual([2, 1]);
  });

  it('deals in turns what serves several, and keeps it until there are runs', () => {
    const clock = playClock(0);
    const meter = createMeter(clock);
    const runs = [run('a'), run('b')];
    meter.call({ ...call, outcome: 'ok' });
    meter.share([]);
    for (const outcome of ['not_found', 'throttled', 'unreachable', 'access_denied'] as const) {
      meter.call({ ...call, outcome });
    }
    clock.move(1_001);
    meter.share(runs);
    clock.move(1_000);
    meter.share(runs);
    const [a, b] = runs.map(({ unlogged }) => unlogged);
    expect(a?.calls.obs?.GetObject).toEqual({ ok: 1, refused: 1, throttled: 1, failed: 0 });
    expect(b?.calls.obs?.GetObject).toEqual({ ok: 1, refused: 0, throttled: 0, failed: 1 });
    expect([a?.function_ms, b?.function_ms]).toEqual([1_000, 1_000]);
  });
});

it('adds metrics up', () => {
  const one = noMetrics();
  addCall(one, 'cph', 'list-jobs', 'ok');
  expect(sumOf(one, one).calls.cph?.['list-jobs']?.ok).toBe(2);
  expect(one.calls.cph?.['list-jobs']?.ok).toBe(1);
});
