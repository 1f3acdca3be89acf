import { describe, expect, it } from 'vitest';
import { LeaseLost } from '../../../lib/errors.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { appendLog, readLog } from '../../../lib/ledger/run/log/log.ts';
import { MAX_OBJECT_BYTES } from '../../../lib/ledger/store/parts/split.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { noMetrics } from '../../../lib/ledger/run/log/metrics.ts';
import { createWriter } from '../../../lib/run/deps.ts';
import {
  assertSoleWriter,
  flush,
  flushAll,
  type OpenRun,
  record,
} from '../../../lib/run/state/open-run.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const cancel: RunEvent = { type: 'cancel_seen', at: T0 };
const ready: RunEvent = { type: 'ready', at: T0, phone_id: 'p' };
const failed: RunEvent = { type: 'step_failed', at: T0, code: 'a', message: 'm' };
const cost = (function_ms: number) => ({ ...noMetrics(), function_ms });

function scene(runId = RUN) {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  const lines: unknown[] = [];
  const line = (event: string, fields?: object) => void lines.push([event, fields]);
  const log = { info: line, warn: line, error: line };
  const deps = { clock, store, log, writer: createWriter('1-a'), stillHeld: async () => true };
  return { clock, store, lines, deps, run: openRun(runId, [plannedPhone('p')]) };
}

describe('record', () => {
  it('folds events into the state and keeps them for the log', () => {
    const { run } = scene();
    record(run, [cancel]);
    record(run, [ready]);
    expect(run.state.cancelledAt).toBe(T0);
    expect(run.unwritten.events).toEqual([cancel, ready]);
  });
});

describe('flush', () => {
  const failing = (deps: ReturnType<typeof scene>['deps']) => ({
    ...deps,
    store: { put: () => Promise.reject(new Error('unreachable')) },
  });

  it('appends the unwritten events and metrics as one entry, and logs them', async () => {
    const { store, deps, run, clock, lines } = scene();
    record(run, [cancel, failed]);
    run.unwritten.metrics = cost(7);
    clock.move(5);
    await flush(deps, run);
    const key = layout.logEntry(RUN, '1-a', 1);
    const logged = new Map<string, object>();
    const metrics = logged as OpenRun['loggedMetrics'];
    expect(await readLog(store, RUN, { metrics })).toEqual([cancel, failed]);
    expect(logged).toEqual(new Map([[key, cost(7)]]));
    expect(run.unwritten).toMatchObject({ events: [], flushedAt: T0 + 5 });
    expect([run.logMark, run.loggedMetrics]).toEqual([new Set([key]), logged]);
    expect(run.unwritten.metrics).toEqual(noMetrics());
    expect(lines).toEqual([['cancel_seen', { run: RUN, policy: 'nightly' }]]);
  });

  it('writes no entry without events, and keeps the metrics', async () => {
    const { store, deps, run, clock } = scene();
    run.unwritten.metrics = cost(7);
    clock.move(5);
    await flush(deps, run);
    expect(await store.list('')).toEqual([]);
    expect(run.unwritten.flushedAt).toBe(T0 + 5);
    expect(run.unwritten.metrics).toEqual(cost(7));
  });

  describe('of many events', () => {
    const many = (count: number): RunEvent[] =>
      Array.from({ length: count }, (_, n) => ({ type: 'ready', at: T0 + n, phone_id: 'p' }));

    it('writes several entries of at most 5,000 events, oldest first, and counts the metrics once', async () => {
      const { store, deps, run } = scene();
      record(run, many(12_000));
      run.unwritten.metrics = cost(7);
      await flush(deps, run);
      expect(await readLog(store, RUN)).toEqual(many(12_000));
      expect([...run.logMark]).toEqual([1, 2, 3].map((n) => layout.logEntry(RUN, '1-a', n)));
      const [first] = await readLog(
        { ...store, list: async () => (await store.list('')).slice(1) },
        RUN,
      );
      expect(first?.at).toBe(T0 + 5_000);
      expect([...run.loggedMetrics.values()]).toEqual([cost(7), noMetrics(), noMetrics()]);
    });

    it('writes no entry larger than 1 MiB', async () => {
      const { store, deps, run } = scene();
      const message = '云'.repeat(200);
      const refused = Array.from({ length: 5_000 }, (_, n): RunEvent => ({
        ...{ type: 'refused', at: T0 + n, phone_id: 'p', attempt: 1, code: 'CPS.0042', message },
      }));
      record(run, refused);
      await flush(deps, run);
      const sizes = (await store.list('')).map(({ size }) => size);
      expect(Math.max(...sizes)).toBeLessThan(MAX_OBJECT_BYTES);
      expect(await readLog(store, RUN)).toEqual(refused);
    });

    it('keeps the rest when one of the entries cannot be written', async () => {
      const { store, deps, run } = scene();
      record(run, many(12_000));
      let puts = 0;
      const put: typeof store.put = async (key, body) => {
        if ((puts += 1) === 2) throw new Error('unreachable');
        await store.put(key, body);
      };
      await expect(flush({ ...deps, store: { put } }, run)).rejects.toThrow('unreachable');
      expect(await readLog(store, RUN)).toEqual(many(5_000));
      expect(run.unwritten.events).toEqual(many(12_000).slice(5_000));
      await flush(deps, run);
      expect(await readLog(store, RUN)).toEqual(many(12_000));
    });
  });

  it('keeps events that could not be written, in front of newer ones', async () => {
    const { deps, run, lines } = scene();
    record(run, [cancel]);
    run.unwritten.metrics = cost(7);
    const flushing = flush(failing(deps), run);
    record(run, [ready]);
    run.unwritten.metrics.function_ms += 2;
    await expect(flushing).rejects.toThrow('unreachable');
    expect(run.unwritten.events).toEqual([cancel, ready]);
    expect(run.unwritten.metrics).toEqual(cost(9));
    expect([run.logMark.size, run.loggedMetrics.size, lines]).toEqual([0, 0, []]);
    await flush(deps, run);
    expect([...run.logMark]).toEqual([1, 2].map((n) => layout.logEntry(RUN, '1-a', n)));
    expect(run.unwritten.events).toEqual([]);
  });

  it('writes an entry again as it was when its PUT was not confirmed', async () => {
    const { store, deps, run } = scene();
    const put: typeof store.put = async (key, body) => {
      await store.put(key, body);
      throw new Error('unreachable');
    };
    record(run, [cancel]);
    await expect(flush({ ...deps, store: { put } }, run)).rejects.toThrow('unreachable');
    record(run, [ready]);
    await flush(deps, run);
    const entries = await Promise.all(
      [1, 2].map(
        async (n) =>
          JSON.parse((await store.get(layout.logEntry(RUN, '1-a', n)))?.body ?? '') as object,
      ),
    );
    expect(entries).toMatchObject([{ events: [cancel] }, { events: [ready] }]);
  });

  it('writes what an earlier drive of the instance was not able to write under its own name', async () => {
    const { deps, run } = scene();
    record(run, [cancel]);
    await expect(flush(failing(deps), run)).rejects.toThrow('unreachable');
    record(run, [ready]);
    await flush({ ...deps, writer: createWriter('2-a') }, run);
    expect([...run.logMark]).toEqual([layout.logEntry(RUN, '2-a', 1)]);
  });

  it('numbers the entries of each run without gaps', async () => {
    const { deps, run } = scene();
    const other = openRun('weekly-1', [plannedPhone('p')]);
    for (const each of [run, other, run]) {
      record(each, [cancel]);
      await flush(deps, each);
    }
    expect([...run.logMark]).toEqual([1, 2].map((n) => layout.logEntry(RUN, '1-a', n)));
    expect([...other.logMark]).toEqual([layout.logEntry('weekly-1', '1-a', 1)]);
    expect(deps.writer.log.own).toEqual(
      new Map([
        [RUN, 2],
        ['weekly-1', 1],
      ]),
    );
  });
});

describe('flushAll', () => {
  it('flushes every run although others fail, and throws the first failure', async () => {
    const { store, deps } = scene();
    const runs = ['a-1', 'b-1', 'c-1', 'd-1'].map((id) => openRun(id, []));
    for (const run of runs) record(run, [cancel]);
    const put = async (key: string, body: string) => {
      if (key.startsWith('runs/b-1/')) throw new Error('the first');
      if (key.startsWith('runs/c-1/')) throw new Error('the second');
      await store.put(key, body);
    };
    await expect(flushAll({ ...deps, store: { put } }, runs)).rejects.toThrow('the first');
    expect(runs.map(({ unwritten }) => unwritten.events.length)).toEqual([0, 1, 1, 0]);
    await flushAll(deps, runs);
    expect(runs.map(({ unwritten }) => unwritten.events.length)).toEqual([0, 0, 0, 0]);
  });
});

describe('assertSoleWriter', () => {
  it('flushes the run and accepts its own entries', async () => {
    const { deps, store, run } = scene('nightly-1');
    record(run, [failed]);
    await assertSoleWriter(deps, run);
    run.logMark.clear();
    await assertSoleWriter(deps, run);
    expect(await readLog(store, 'nightly-1')).toEqual([failed]);
    expect(run.unwritten.events).toEqual([]);
  });

  it('accepts entries of other drives that it has read', async () => {
    const { deps, store, run } = scene('nightly-1');
    const key = layout.logEntry('nightly-1', '2-b', 1);
    await appendLog(store, key, [failed]);
    run.logMark.add(key);
    await expect(assertSoleWriter(deps, run)).resolves.toBeUndefined();
  });

  it('throws LeaseLost when another drive has written, after writing its own entry', async () => {
    const { deps, store, run } = scene('nightly-1');
    await appendLog(store, layout.logEntry('nightly-1', '2-b', 1), [
      { type: 'cancel_seen', at: T0 },
    ]);
    record(run, [failed]);
    const declared = assertSoleWriter(deps, run);
    await expect(declared).rejects.toThrow(new LeaseLost('another drive writes to run nightly-1'));
    await expect(declared).rejects.toBeInstanceOf(LeaseLost);
    expect(await readLog(store, 'nightly-1')).toContainEqual(failed);
  });

  it('throws LeaseLost once another drive has the lease, although LIST shows no entry of it', async () => {
    const { deps, run } = scene('nightly-1');
    const lost = { ...deps, stillHeld: async () => false };
    await expect(assertSoleWriter(lost, run)).rejects.toBeInstanceOf(LeaseLost);
  });

  it('folds in the entries of the other drive', async () => {
    const { deps, store, run } = scene('nightly-1');
    await appendLog(store, layout.logEntry('nightly-1', '2-b', 1), [
      { type: 'cancel_seen', at: T0 },
    ]);
    await expect(assertSoleWriter(deps, run)).rejects.toThrow(LeaseLost);
    expect(run.state.cancelledAt).toBe(T0);
    await expect(assertSoleWriter(deps, run)).resolves.toBeUndefined();
  });

  it('does not list the log when the flush fails', async () => {
    const { deps, store, run } = scene('nightly-1');
    await appendLog(store, layout.logEntry('nightly-1', '2-b', 1), [
      { type: 'cancel_seen', at: T0 },
    ]);
    record(run, [failed]);
    const put = () => Promise.reject(new Error('unreachable'));
    const failing = { ...deps, store: { ...store, put } };
    await expect(assertSoleWriter(failing, run)).rejects.toThrow('unreachable');
    expect(run.unwritten.events).toEqual([failed]);
    expect(run.state.cancelledAt).toBeUndefined();
  });
});
