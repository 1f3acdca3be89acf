import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { appendLog } from '../../../../lib/ledger/run/log/log.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import type { Store } from '../../../../lib/ledger/store/store.ts';
import { exportCalls, logLines, readEvents } from '../../../../lib/run/query/runs/run-log.ts';
import { instantOf } from '../../../../lib/run/query/schemas/object.ts';
import { logLineSchema } from '../../../../lib/run/query/schemas/run.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { recordReads } from '../../../support/fake-stores.ts';
import { T0 } from '../../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';

const accepted = (at: number, phone_id: string, request_id: string): RunEvent => ({
  type: 'accepted',
  at,
  phone_id,
  attempt: 1,
  job_id: `j-${phone_id}`,
  request_id,
});
const refused = (at: number, phone_id: string): RunEvent => ({
  type: 'refused',
  at,
  phone_id,
  attempt: 1,
  code: 'CPS.0004',
});
const unknown = (at: number, phone_id: string, request_id?: string): RunEvent => ({
  type: 'outcome_unknown',
  at,
  phone_id,
  attempt: 1,
  ...(request_id === undefined ? {} : { request_id }),
});
const linesOf = (events: RunEvent[]) =>
  events.map((event) => ({ ...event, at: instantOf(event.at) }));

const runLog = async (...of: Parameters<typeof readEvents>) => logLines(await readEvents(...of));

describe('the log of a run', () => {
  it('returns the events of all writers by time', async () => {
    const store = memoryStore(playClock());
    await appendLog(store, layout.logEntry(RUN, '2-b', 1), [{ type: 'cancel_seen', at: T0 + 2 }]);
    await appendLog(store, layout.logEntry(RUN, '1-a', 1), [
      refused(T0 + 1, 'p1'),
      refused(T0 + 3, 'p2'),
    ]);

    const lines = await runLog(store, RUN);

    expect(lines.map(({ type, at }) => [type, Date.parse(at) - T0])).toEqual([
      ['refused', 1],
      ['cancel_seen', 2],
      ['refused', 3],
    ]);
    expect(lines[0]).toMatchObject({ phone_id: 'p1', code: 'CPS.0004' });
    for (const line of lines) logLineSchema.parse(line);
  });

  it('returns no events of an unknown run', async () => {
    expect(await runLog(memoryStore(playClock()), RUN)).toEqual([]);
  });

  it.each([
    ['object_invalid', 'not json'],
    ['object_newer', JSON.stringify({ version: 99, events: [] })],
  ])('shows an unreadable entry (%s) as a line among the others', async (code, body) => {
    const store = memoryStore(playClock());
    await appendLog(store, layout.logEntry(RUN, '1-a', 1), [refused(T0, 'p1')]);
    const key = layout.logEntry(RUN, '1-a', 2);
    await store.put(key, body);
    await appendLog(store, layout.logEntry(RUN, '1-a', 3), [refused(T0, 'p3')]);

    const lines = await runLog(store, RUN);

    expect(lines.filter(({ type }) => type === 'refused')).toHaveLength(2);
    expect(lines).toContainEqual(expect.objectContaining({ type: 'unreadable', key, code }));
  });

  it('accepts a time out of range', async () => {
    const store = memoryStore(playClock());
    await appendLog(store, layout.logEntry(RUN, '1-a', 1), [
      refused(9e99, 'p1'),
      refused(-5, 'p2'),
    ]);
    for (const line of await runLog(store, RUN)) logLineSchema.parse(line);
  });

  it('throws when the bucket does not respond', async () => {
    const store: Store = {
      ...memoryStore(playClock()),
      list: () => Promise.reject(new Error('unreachable')),
    };
    await expect(runLog(store, RUN)).rejects.toThrow('unreachable');
  });

  it('reads each log entry of 20,000 phones once, many at a time', async () => {
    const inner = memoryStore(playClock());
    const entries = 400;
    for (let entry = 0; entry < entries; entry += 1) {
      const events = Array.from({ length: 50 }, (_, index) =>
        accepted(T0 + entry * 1000, `p${entry * 50 + index}`, `r${entry}`),
      );
      await appendLog(inner, layout.logEntry(RUN, '1-a', entry), events);
    }
    const store = recordReads(inner);

    const lines = await runLog(store, RUN);
    const calls = exportCalls(lines);

    expect(lines).toHaveLength(20_000);
    expect(new Set(store.reads).size).toBe(store.reads.length);
    expect(store.reads).toHaveLength(1 + entries);
    expect(store.maxInFlight()).toBeGreaterThan(1);
    expect(store.maxInFlight()).toBeLessThanOrEqual(16);
    expect(calls).toHaveLength(entries);
    expect(calls.every(({ phones, accepted: jobs }) => phones === 50 && jobs === 50)).toBe(true);
  });
});

describe('exportCalls', () => {
  const call = (at: number, request_id: string | null, counts: [number, number, number]) => ({
    at: instantOf(at),
    request_id,
    phones: counts[0] + counts[1] + counts[2],
    accepted: counts[0],
    refused: counts[1],
    outcome_unknown: counts[2],
  });

  it.each<[string, RunEvent[], ReturnType<typeof call>[]]>([
    ['returns no call when nothing was sent', [{ type: 'cancel_seen', at: T0 }], []],
    [
      'counts accepted, refused and lost phones of one call, in any order',
      [
        refused(T0, 'p1'),
        accepted(T0, 'p2', 'r1'),
        accepted(T0, 'p3', 'r1'),
        unknown(T0, 'p4', 'r1'),
      ],
      [call(T0, 'r1', [2, 1, 1])],
    ],
    [
      'distinguishes two calls of one moment by their request ids',
      [accepted(T0, 'p1', 'r1'), refused(T0, 'p2'), accepted(T0, 'p3', 'r2')],
      [call(T0, 'r1', [1, 1, 0]), call(T0, 'r2', [1, 0, 0])],
    ],
    [
      'returns a refused call without a request id, and the accepted one after it',
      [refused(T0, 'p1'), refused(T0, 'p2'), accepted(T0 + 5, 'p1', 'r1')],
      [call(T0, null, [0, 2, 0]), call(T0 + 5, 'r1', [1, 0, 0])],
    ],
    [
      'returns a call whose response was lost',
      [unknown(T0, 'p1'), unknown(T0, 'p2')],
      [call(T0, null, [0, 0, 2])],
    ],
    [
      'counts a job that was found later as accepted',
      [accepted(T0, 'p1', 'r1'), unknown(T0, 'p2', 'r1'), accepted(T0 + 60_000, 'p2', 'r1')],
      [call(T0, 'r1', [2, 0, 0])],
    ],
    [
      'counts an event once that was recorded twice',
      [accepted(T0, 'p1', 'r1'), accepted(T0, 'p1', 'r1')],
      [call(T0, 'r1', [1, 0, 0])],
    ],
  ])('%s', (_, events, expected) => {
    expect(exportCalls(linesOf(events))).toEqual(expected);
  });
});
