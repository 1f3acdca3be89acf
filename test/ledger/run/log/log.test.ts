import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { appendLog, foreignEntries, readLog } from '../../../../lib/ledger/run/log/log.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { addCall, type Metrics, noMetrics } from '../../../../lib/ledger/run/log/metrics.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { T0 } from '../../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const WRITER = '0000000007-a';
const key = (sequence: number) => layout.logEntry(RUN, WRITER, sequence);
const cancel = (at = T0): RunEvent => ({ type: 'cancel_seen', at });
const setUp = () => memoryStore(playClock());

const counted = (puts: number): Metrics => {
  const metrics = { ...noMetrics(), function_ms: 1_200 };
  addCall(metrics, { service: 'obs', operation: 'PutObject', result: 'ok' }, puts);
  return metrics;
};

// What holds in every store: log-suite.ts.
describe('an entry of the log', () => {
  it('is stored under its writer and number, with its events and counters', async () => {
    const store = setUp();
    await appendLog(store, key(3), [cancel()], counted(2));
    const { body = '' } = (await store.get(key(3))) ?? {};
    expect(JSON.parse(body)).toEqual({ version: 1, events: [cancel()], metrics: counted(2) });
  });

  it('is read once although it was appended twice', async () => {
    const store = setUp();
    for (let time = 0; time < 2; time += 1) await appendLog(store, key(1), [cancel()], counted(2));
    const metrics = new Map<string, Metrics>();
    expect(await readLog(store, RUN, { metrics })).toEqual([cancel()]);
    expect(metrics).toEqual(new Map([[key(1), counted(2)]]));
  });

  it('returns its counters under its key, and none when it has none', async () => {
    const store = setUp();
    await appendLog(store, key(1), [], counted(1));
    await appendLog(store, key(2), [cancel()]);
    const [mark, metrics] = [new Set<string>(), new Map<string, Metrics>()];
    await readLog(store, RUN, { mark, metrics });
    expect(metrics).toEqual(new Map([[key(1), counted(1)]]));
    await appendLog(store, key(3), [], counted(5));
    await readLog(store, RUN, { mark, metrics });
    expect([...metrics.keys()]).toEqual([key(1), key(3)]);
  });

  it.each([
    ['are none', 'many'],
    ['are negative', { ...noMetrics(), retries: -1 }],
    ['lack a number', { calls: {} }],
  ])('is read without its counters when these %s', async (_, broken) => {
    const store = setUp();
    const entry = { version: 1, events: [cancel()], metrics: broken };
    await store.put(key(1), JSON.stringify(entry));
    const metrics = new Map<string, Metrics>();
    expect(await readLog(store, RUN, { metrics })).toEqual([cancel()]);
    expect(metrics.size).toBe(0);
  });

  it('is an error when it is listed and not found: no entry is ever deleted', async () => {
    const store = setUp();
    await appendLog(store, key(1), [cancel(T0)]);
    await appendLog(store, key(2), [cancel(T0 + 1)]);
    const mark = new Set<string>();
    const get: typeof store.get = async (wanted) =>
      wanted === key(1) ? undefined : store.get(wanted);
    await expect(readLog({ ...store, get }, RUN, { mark })).rejects.toMatchObject({
      code: 'object_unreadable',
      key: key(1),
    });
    expect(mark).toEqual(new Set());
  });

  it.each([
    ['is newer', '{"version":2,"events":[]}', 'object_newer'],
    ['is not JSON', '{"version":1', 'object_invalid'],
    ['holds no events', '{"version":1}', 'object_invalid'],
    [
      'holds an unknown event',
      '{"version":1,"events":[{"type":"lunch","at":1}]}',
      'object_invalid',
    ],
  ])('is not marked as read when it %s', async (_, body, code) => {
    const store = setUp();
    await appendLog(store, key(1), [cancel()]);
    await store.put(key(2), body);
    const mark = new Set<string>();
    await expect(readLog(store, RUN, { mark })).rejects.toMatchObject({ code });
    expect(mark.size).toBe(0);
  });
});

describe('foreignEntries', () => {
  it('returns the entries of other writers in key order, also of one whose name begins with its own', async () => {
    const store = setUp();
    const others = ['0000000007-ab', '0000000006-a'];
    for (const writer of [...others, WRITER])
      await appendLog(store, layout.logEntry(RUN, writer, 1), [cancel()]);
    expect(await foreignEntries(store, RUN, WRITER, new Set())).toEqual([
      layout.logEntry(RUN, '0000000006-a', 1),
      layout.logEntry(RUN, '0000000007-ab', 1),
    ]);
  });

  it('ignores other runs, and entries that were read', async () => {
    const store = setUp();
    await appendLog(store, layout.logEntry('weekly-20260102t023000z', '0000000008-b', 1), [
      cancel(),
    ]);
    const known = layout.logEntry(RUN, '0000000008-b', 1);
    await appendLog(store, known, [cancel()]);
    expect(await foreignEntries(store, RUN, WRITER, new Set([known]))).toEqual([]);
  });
});
