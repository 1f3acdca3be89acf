import { describe, expect, it } from 'vitest';
import { type Cursor, writeCursors } from '../../../lib/ledger/state/cursors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { recordSettled } from '../../../lib/ledger/state/history.ts';
import { writeUnreadable } from '../../../lib/ledger/state/notified/unreadable.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import type { Report, RunOutcome } from '../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { indexRun } from '../../../lib/ledger/state/run-index/entry.ts';
import { timerRunId } from '../../../lib/policy/keys/run-id.ts';
import { dailySummary } from '../../../lib/run/notify/daily-summary.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { policyText } from '../../support/policy-text.ts';
import { faultNames, recordReads, withObjectFault } from '../../support/fake-stores.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 08:00 in Shanghai, and the slot at 02:30 before it. */
const UNTIL = Date.UTC(2026, 0, 3);
const SINCE = UNTIL - DAY;
const SLOT = UNTIL - 5.5 * HOUR;
const schedule = { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 2 * HOUR };
const freshness = {
  counts_from: 0,
  deadline: 2 * HOUR,
  objective: { phones: 90 },
  language: 'en' as const,
};
const cursor = (changes: Partial<Cursor> = {}): Cursor => ({
  ...{ etag: 'e', active: true, handled_until: 0, schedule, freshness },
  ...changes,
});

function scene() {
  const { deps, store } = inboxScene(UNTIL + HOUR);
  const read = recordReads(store);
  return {
    store,
    reads: read.reads,
    day: (since = SINCE, until = UNTIL, from: Store = read) =>
      dailySummary({ ...deps, store: from }, since, until),
    settled: (runId: string, at: number, outcome: RunOutcome = 'completed') => {
      const counts = { selected: 1, exported: 1, failed: 0, skipped: 0, timed_out: 0 };
      const facts = { run_id: runId, policy: 'nightly', trigger: 'timer', slot: 'x', outcome };
      const times = { started_at: new Date(at).toISOString() };
      const report = { ...facts, ...times, settled_at: new Date(at).toISOString() };
      return indexRun(store, { ...report, counts: { ...counts, cancelled: 0 } } as Report);
    },
    request: (run_id: string) => putRequest(store, { run_id, policy: 'nightly', trigger: 'timer' }),
    put: (name: string, text = policyText(name)) => store.put(layout.policy(name), text),
    cursors: (cursors: Record<string, Cursor>) => writeCursors(store, cursors),
  };
}

describe('dailySummary', () => {
  it('has zeros for an empty bucket', async () => {
    expect(await scene().day()).toEqual({
      since: '2026-01-02T00:00:00.000Z',
      until: '2026-01-03T00:00:00.000Z',
      runs: { completed: 0, partial: 0, failed: 0, skipped: 0, cancelled: 0 },
      ...{ open: 0, active: 0, missed: 0, stale: [], drills: [], invalid: [], unreadable: [] },
    });
  });

  it('counts the runs that settled after its start and up to its end, by outcome', async () => {
    const { day, settled } = scene();
    await settled('n-1', SINCE, 'failed');
    await settled('n-2', SINCE + 1, 'completed');
    await settled('n-3', SINCE + HOUR, 'completed');
    await settled('n-4', UNTIL, 'partial');
    await settled('n-5', UNTIL + 1, 'cancelled');
    expect((await day()).runs).toEqual({
      ...{ completed: 2, partial: 1 },
      ...{ failed: 0, skipped: 0, cancelled: 0 },
    });
  });

  it.each(
    [layout.policy('weekly'), layout.history('weekly'), layout.cursors, layout.unreadable].flatMap(
      (key) => faultNames.map((fault) => [key, fault] as const),
    ),
  )('names %s, which has %s, and has the rest', async (key, fault) => {
    const { store, day, settled, put, cursors } = scene();
    await put('nightly');
    await put('weekly');
    await settled('nightly-1', SINCE + HOUR);
    await recordSettled(store, 'weekly', {
      ...{ run_id: 'weekly-1', outcome: 'completed', settled_at: SINCE },
    });
    await cursors({});
    await writeUnreadable(store, new Map());
    expect(await store.get(key)).toBeDefined();
    const isPolicy = key === layout.policy('weekly');
    // An absent cache is not missed, and any text is a policy, if an invalid one.
    const isMarked = isPolicy
      ? fault !== 'a wrong body' && fault !== 'a newer version'
      : fault !== 'listed but not found';

    expect(await day(SINCE, UNTIL, withObjectFault(store, key, fault))).toMatchObject({
      ...{ runs: { completed: 1 }, active: isPolicy ? 1 : 2 },
      unreadable: isMarked ? [key] : [],
      invalid: isPolicy && !isMarked ? ['weekly'] : [],
    });
  });

  it('names the objects that drive has met', async () => {
    const { store, day } = scene();
    const times = { since: SINCE, tried_at: SINCE, retry_at: UNTIL, attempts: 1 };
    const entry = { ...times, code: 'object_unreadable', message: 'open/n-1.json cannot be read' };
    await writeUnreadable(store, new Map([['open/n-1.json', entry]]));
    expect((await day()).unreadable).toEqual(['open/n-1.json']);
  });

  it('reads only the part of the index since its start', async () => {
    const { day, settled, reads } = scene();
    for (let n = 0; n <= 1000; n += 1) await settled(`n-${n}`, SINCE - DAY - n);
    await day();
    expect(reads.filter((read) => read === `list ${layout.runIndex}`)).toHaveLength(1);
  });

  it('counts open runs and active policies', async () => {
    const { day, request, put } = scene();
    await request('n-1');
    await request('n-2');
    await put('nightly');
    await put('weekly');
    await put('off', policyText('off', { enabled: 'false' }));
    await put('by-hand', policyText('by-hand', { schedule: undefined }));
    expect(await day()).toMatchObject({ open: 2, active: 2 });
  });

  it('names stale and invalid policies', async () => {
    const { day, put, cursors } = scene();
    await put('stale');
    await put('fresh');
    await put('odd', 'name: 7');
    await cursors({
      stale: cursor(),
      fresh: cursor({ freshness: { ...freshness, counts_from: UNTIL } }),
    });
    expect(await day()).toMatchObject({ active: 2, stale: ['stale'], invalid: ['odd'] });
  });

  it('names at most 50 invalid policies', async () => {
    const { day, put } = scene();
    const names = Array.from({ length: 51 }, (_, n) => `odd-${100 + n}`);
    for (const name of names) await put(name, 'name: 7');
    expect((await day()).invalid).toEqual(names.slice(0, 50));
  });

  it.each<[string, number, Partial<Cursor>]>([
    ['an active policy', 1, {}],
    ['a disabled policy', 0, { active: false }],
    ['a policy without a schedule', 0, { schedule: undefined }],
    ['a policy without freshness', 0, { freshness: undefined }],
    ['a policy whose slots count after it', 0, { freshness: { ...freshness, counts_from: SLOT } }],
    [
      'a policy whose slots count from just before it',
      1,
      { freshness: { ...freshness, counts_from: SLOT - 1 } },
    ],
    ['a policy that was paused up to it', 0, { paused_until: SLOT }],
    ['a policy that was paused until just before it', 1, { paused_until: SLOT - 1 }],
  ])(
    'counts the missed slots of active policies from when their slots count: %s, %i',
    async (_, missed, changes) => {
      const { day, cursors } = scene();
      await cursors({ nightly: cursor(changes) });
      expect((await day()).missed).toBe(missed);
    },
  );

  it('counts slots after its start and up to its end', async () => {
    const { day, cursors } = scene();
    await cursors({ nightly: cursor() });
    const counts = [
      await day(SLOT - DAY, SLOT),
      await day(SLOT - DAY - 1, SLOT),
      await day(SLOT - DAY, SLOT - 1),
    ];
    expect(counts.map(({ missed }) => missed)).toEqual([1, 2, 0]);
  });

  it.each<[string, (world: ReturnType<typeof scene>, runId: string) => Promise<unknown>]>([
    ['is open', ({ request }, runId) => request(runId)],
    ['settled that day', ({ settled }, runId) => settled(runId, SLOT + HOUR)],
    ['settled since', ({ settled }, runId) => settled(runId, UNTIL + MINUTE)],
    ['has a report only', ({ store }, runId) => store.put(layout.report(runId), '{}')],
  ])('does not count the slot of a run that %s', async (_, ran) => {
    const world = scene();
    await world.cursors({ nightly: cursor(), other: cursor() });
    await ran(world, timerRunId('nightly', SLOT));
    expect((await world.day()).missed).toBe(1);
  });

  it('looks up the reports of at most 50 slots', async () => {
    const { day, cursors, store } = scene();
    const minutely = { ...schedule, cron: '0 * * * * *' };
    await cursors({ nightly: cursor({ schedule: minutely }) });
    for (let minute = 1; minute <= 60; minute += 1) {
      const runId = timerRunId('nightly', SINCE + minute * MINUTE);
      await store.put(layout.report(runId), '{}');
    }
    expect((await day(SINCE, SINCE + HOUR)).missed).toBe(10);
  });
});
