import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import { noteSettled } from '../../../lib/ledger/state/history.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { putStale, writeNotifiedStale } from '../../../lib/ledger/state/staleness.ts';
import { checkFreshness } from '../../../lib/run/schedule/staleness.ts';
import { failing, listening } from '../../support/listening.ts';
import { reading } from '../../support/reading.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** 02:30 in Shanghai on 3 January. */
const SLOT = Date.UTC(2026, 0, 2, 18, 30);
const OVER = SLOT + 5 * HOUR + 1;
const rule = { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 2 * HOUR };
const freshness = { from: SLOT - 9 * DAY, deadline: 3 * HOUR, language: 'zh' as const };
const cursor = (changes: Partial<Cursor> = {}, own: Partial<typeof freshness> = {}): Cursor => ({
  ...{ etag: 'e', active: true, since: 0, rule },
  ...{ freshness: { ...freshness, ...own } },
  ...changes,
});
const judged = (at: number, before = cursor()): Cursor => ({
  ...before,
  freshness: { ...freshness, ...before.freshness, judged: at },
});

function scene(now = OVER) {
  const world = listening(now);
  const good = (at: number) =>
    noteSettled(world.store, 'nightly', { run_id: 'n-1', outcome: 'completed', settled_at: at });
  return {
    ...world,
    good,
    judge: (one = cursor()) => checkFreshness(world.deps, { nightly: one }),
  };
}

const staleLine = (since: number, told: boolean) => [
  'warn',
  'stale',
  { policy: 'nightly', since: new Date(since).toISOString(), told },
];

describe('judgeFreshness', () => {
  it('has drive tell of a policy that has become stale, and notes what it judged', async () => {
    const { judge, good, body, hints, lines } = scene();
    const since = SLOT - DAY - 1;
    await good(since);
    expect(await judge()).toEqual({ nightly: judged(SLOT) });
    const id = `stale-nightly-${since}`;
    expect(await hints()).toEqual([id]);
    const hint = { version: 1, type: 'stale', policy: 'nightly', since, language: 'zh' };
    expect(await body(layout.hint(id))).toEqual(hint);
    expect(lines).toEqual([staleLine(since, false)]);
  });

  it('only notes that it judged a policy that is fresh', async () => {
    const { judge, good, hints, lines } = scene();
    await good(SLOT - DAY);
    expect(await judge()).toEqual({ nightly: judged(SLOT) });
    expect([await hints(), lines]).toEqual([[], []]);
  });

  it('tells of one whose runs have failed ever since its slots count', async () => {
    const { judge, store, hints } = scene();
    const failed = { run_id: 'n-1', outcome: 'failed', settled_at: SLOT - DAY } as const;
    await noteSettled(store, 'nightly', failed);
    await judge();
    expect(await hints()).toEqual([`stale-nightly-${freshness.from}`]);
  });

  it.each<[string, Cursor, number]>([
    ['never completed: since its slots count', cursor(), SLOT - 9 * DAY],
    ['was paused: since the pause', cursor({ paused_until: SLOT - 5 * DAY }), SLOT - 5 * DAY],
    ['was paused long ago: since its slots count', cursor({ paused_until: 7 }), SLOT - 9 * DAY],
  ])('tells of one that %s', async (_, one, since) => {
    const { judge, hints } = scene();
    await judge(one);
    expect(await hints()).toEqual([`stale-nightly-${since}`]);
  });

  it('tells of a change of rule, not of a good run before it', async () => {
    const { judge, good, hints } = scene();
    await good(SLOT - 20 * DAY);
    await judge();
    expect(await hints()).toEqual([`stale-nightly-${SLOT - 9 * DAY}`]);
  });

  it.each<[string, Cursor]>([
    ['is switched off', cursor({ active: false })],
    ['has no schedule', cursor({ rule: undefined })],
    ['was noted by an earlier version', cursor({ freshness: undefined })],
    ['was judged at this slot', judged(SLOT)],
    ['has no slot that is over', cursor({}, { from: SLOT })],
    ['was paused until its last slot', cursor({ paused_until: SLOT })],
    ['was paused after it was judged', judged(SLOT - DAY, cursor({ paused_until: SLOT }))],
  ])('reads nothing for a policy that %s', async (_, one) => {
    const { deps } = scene();
    const store = reading(deps.store);
    expect(await checkFreshness({ ...deps, store }, { nightly: one })).toEqual({ nightly: one });
    expect(store.reads).toEqual([]);
  });

  it('judges again when one more slot is over', async () => {
    const { judge, hints } = scene();
    expect(await judge(judged(SLOT - DAY))).toEqual({ nightly: judged(SLOT) });
    expect(await hints()).toHaveLength(1);
  });

  it.each<[string, number, number | undefined, boolean]>([
    ['of this staleness', 0, OVER, true],
    ['of a later one', 1, OVER, true],
    ['of an earlier one', -1, OVER, false],
    ['and died before it noted so', 0, undefined, false],
  ])('when drive told %s, says so and asks only as needed', async (_, later, told_at, isTold) => {
    const { judge, store, hints, lines } = scene();
    const since = freshness.from;
    const when = told_at === undefined ? {} : { told_at };
    await writeNotifiedStale(store, { policy: 'nightly', since: since + later, ...when });
    expect(await judge()).toEqual({ nightly: judged(SLOT) });
    expect(await hints()).toHaveLength(isTold ? 0 : 1);
    expect(lines).toEqual([staleLine(since, isTold)]);
  });

  it('asks for the same again under the same name', async () => {
    const { judge, store, hints } = scene();
    await putStale(store, { policy: 'nightly', since: freshness.from });
    await judge();
    expect(await hints()).toHaveLength(1);
  });

  it('looks again at one that could not be judged, and judges the others', async () => {
    const { deps, hints, lines } = scene();
    const broken = failing(deps, 'get', undefined, layout.history('nightly'));
    expect(await checkFreshness(broken, { nightly: cursor(), weekly: cursor() })).toEqual({
      nightly: cursor(),
      weekly: judged(SLOT),
    });
    expect(lines).toContainEqual([
      'warn',
      'freshness_unknown',
      { policy: 'nightly', code: 'unreachable', message: 'no answer' },
    ]);
    expect(await hints()).toEqual([`stale-weekly-${freshness.from}`]);
  });

  it('throws mistakes of our own', async () => {
    const { deps } = scene();
    const broken = failing(deps, 'get', new TypeError('no function'));
    await expect(checkFreshness(broken, { nightly: cursor() })).rejects.toThrow('no function');
  });
});
