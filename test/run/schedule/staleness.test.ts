import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import { recordSettled } from '../../../lib/ledger/state/history.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { putStale } from '../../../lib/ledger/hints/staleness.ts';
import { writeNotifiedStale } from '../../../lib/ledger/state/notified.ts';
import { checkFreshness } from '../../../lib/run/schedule/staleness.ts';
import { recordReads, withFailingStore } from '../../support/fake-stores.ts';
import { inboxScene } from '../../support/inbox-scene.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** 02:30 in Shanghai on 3 January. */
const SLOT = Date.UTC(2026, 0, 2, 18, 30);
const OVER = SLOT + 5 * HOUR + 1;
const schedule = { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 2 * HOUR };
const freshness = { counts_from: SLOT - 9 * DAY, deadline: 3 * HOUR, language: 'zh' as const };
const cursor = (changes: Partial<Cursor> = {}, own: Partial<typeof freshness> = {}): Cursor => ({
  ...{ etag: 'e', active: true, handled_until: 0, schedule },
  ...{ freshness: { ...freshness, ...own } },
  ...changes,
});
const checked = (at: number, before = cursor()): Cursor => ({
  ...before,
  freshness: { ...freshness, ...before.freshness, checked_slot: at },
});

function scene(now = OVER) {
  const world = inboxScene(now);
  const good = (at: number) =>
    recordSettled(world.store, 'nightly', { run_id: 'n-1', outcome: 'completed', settled_at: at });
  return {
    ...world,
    good,
    check: (one = cursor()) => checkFreshness(world.deps, { nightly: one }),
  };
}

const staleLine = (since: number, notified: boolean) => [
  'warn',
  'policy_stale',
  { policy: 'nightly', since: new Date(since).toISOString(), notified },
];

describe('checkFreshness', () => {
  it('writes a hint for a policy that has become stale, and keeps the checked slot', async () => {
    const { check, good, body, hints, lines } = scene();
    const since = SLOT - DAY - 1;
    await good(since);
    expect(await check()).toEqual({ nightly: checked(SLOT) });
    const id = `stale-nightly-${since}`;
    expect(await hints()).toEqual([id]);
    const hint = { version: 1, type: 'stale', policy: 'nightly', since, language: 'zh' };
    expect(await body(layout.hint(id))).toEqual(hint);
    expect(lines).toEqual([staleLine(since, false)]);
  });

  it('only keeps the checked slot of a policy that is fresh', async () => {
    const { check, good, hints, lines } = scene();
    await good(SLOT - DAY);
    expect(await check()).toEqual({ nightly: checked(SLOT) });
    expect([await hints(), lines]).toEqual([[], []]);
  });

  it('reports a policy whose runs have all failed', async () => {
    const { check, store, hints } = scene();
    const failed = { run_id: 'n-1', outcome: 'failed', settled_at: SLOT - DAY } as const;
    await recordSettled(store, 'nightly', failed);
    await check();
    expect(await hints()).toEqual([`stale-nightly-${freshness.counts_from}`]);
  });

  it.each<[string, Cursor, number]>([
    ['never completed: since its slots count', cursor(), SLOT - 9 * DAY],
    ['was paused: since the pause', cursor({ paused_until: SLOT - 5 * DAY }), SLOT - 5 * DAY],
    ['was paused long ago: since its slots count', cursor({ paused_until: 7 }), SLOT - 9 * DAY],
  ])('reports a policy that %s', async (_, one, since) => {
    const { check, hints } = scene();
    await check(one);
    expect(await hints()).toEqual([`stale-nightly-${since}`]);
  });

  it('counts from a change of the rule, not from a good run before it', async () => {
    const { check, good, hints } = scene();
    await good(SLOT - 20 * DAY);
    await check();
    expect(await hints()).toEqual([`stale-nightly-${SLOT - 9 * DAY}`]);
  });

  it.each<[string, Cursor]>([
    ['is disabled', cursor({ active: false })],
    ['has no schedule', cursor({ schedule: undefined })],
    ['has no freshness', cursor({ freshness: undefined })],
    ['was checked at this slot', checked(SLOT)],
    ['has no slot that has ended', cursor({}, { counts_from: SLOT })],
    ['was paused until its last slot', cursor({ paused_until: SLOT })],
    ['was paused after it was checked', checked(SLOT - DAY, cursor({ paused_until: SLOT }))],
  ])('reads nothing for a policy that %s', async (_, one) => {
    const { deps } = scene();
    const store = recordReads(deps.store);
    expect(await checkFreshness({ ...deps, store }, { nightly: one })).toEqual({ nightly: one });
    expect(store.reads).toEqual([]);
  });

  it('checks again when one more slot has ended', async () => {
    const { check, hints } = scene();
    expect(await check(checked(SLOT - DAY))).toEqual({ nightly: checked(SLOT) });
    expect(await hints()).toHaveLength(1);
  });

  it.each<[string, number, number | undefined, boolean]>([
    ['about this staleness', 0, OVER, true],
    ['about a later one', 1, OVER, true],
    ['about an earlier one', -1, OVER, false],
    [', but was killed before it recorded that', 0, undefined, false],
  ])(
    'writes no second hint when drive has notified %s',
    async (_, later, notified_at, notified) => {
      const { check, store, hints, lines } = scene();
      const since = freshness.counts_from;
      const when = notified_at === undefined ? {} : { notified_at };
      await writeNotifiedStale(store, { policy: 'nightly', since: since + later, ...when });
      expect(await check()).toEqual({ nightly: checked(SLOT) });
      expect(await hints()).toHaveLength(notified ? 0 : 1);
      expect(lines).toEqual([staleLine(since, notified)]);
    },
  );

  it('writes the same hint when it is requested again', async () => {
    const { check, store, hints } = scene();
    await putStale(store, { policy: 'nightly', since: freshness.counts_from });
    await check();
    expect(await hints()).toHaveLength(1);
  });

  it('checks a policy again whose history cannot be read, and checks the others', async () => {
    const { deps, hints, lines } = scene();
    const broken = withFailingStore(deps, 'get', undefined, layout.history('nightly'));
    expect(await checkFreshness(broken, { nightly: cursor(), weekly: cursor() })).toEqual({
      nightly: cursor(),
      weekly: checked(SLOT),
    });
    expect(lines).toContainEqual([
      'warn',
      'freshness_unknown',
      expect.objectContaining({ policy: 'nightly', code: 'object_unreadable' }) as object,
    ]);
    expect(await hints()).toEqual([`stale-weekly-${freshness.counts_from}`]);
  });

  it('throws programming errors', async () => {
    const { deps } = scene();
    const broken = withFailingStore(deps, 'get', new TypeError('no function'));
    await expect(checkFreshness(broken, { nightly: cursor() })).rejects.toThrow('no function');
  });
});
