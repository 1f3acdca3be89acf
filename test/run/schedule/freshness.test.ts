import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import { writeFreshness } from '../../../lib/ledger/state/freshness.ts';
import { recordSettled } from '../../../lib/ledger/state/history.ts';
import {
  type NotifiedStale,
  writeNotifiedStale,
} from '../../../lib/ledger/state/notified/notified.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { summarize } from '../../../lib/run/freshness/summarize.ts';
import { checkFreshness } from '../../../lib/run/schedule/freshness.ts';
import { recordReads, withFailingStore } from '../../support/fake-stores.ts';
import { inboxScene } from '../../support/inbox-scene.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** 02:30 in Shanghai on 3 January. */
const SLOT = Date.UTC(2026, 0, 2, 18, 30);
const OVER = SLOT + 5 * HOUR + 1;
const GOOD = SLOT + HOUR;
const OLD = SLOT - 8 * DAY;
const HINT = 'freshness-nightly';
const schedule = { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 2 * HOUR };
const freshness = {
  ...{ counts_from: SLOT - 9 * DAY, deadline: 3 * HOUR, objective: { phones: 90 } },
  language: 'zh' as const,
};
const cursor = (
  changes: Partial<Cursor> = {},
  own: Partial<NonNullable<Cursor['freshness']>> = {},
): Cursor => ({
  ...{ etag: 'e', active: true, handled_until: 0, schedule },
  ...{ freshness: { ...freshness, ...own } },
  ...changes,
});
const checked = (at: number, before = cursor()): Cursor => ({
  ...before,
  freshness: { ...freshness, ...before.freshness, checked_slot: at },
});
/** A policy that is stale is checked again for a reminder a day later, though no slot ends. */
const remindedAt = (check_at: number, objective = freshness.objective): Cursor =>
  checked(SLOT, cursor({}, { check_at, objective }));

function scene(now = OVER) {
  const world = inboxScene(now);
  return {
    ...world,
    /** Stores when the phones of the policy were backed up last; undefined for never. */
    backedUp: (times: (number | undefined)[], policy = 'nightly') =>
      writeFreshness(
        world.store,
        summarize(
          'n-1',
          times.map((verified_at, id) => ({
            ...{ phone_id: `p${id}`, phone_name: '', outcome: 'exported' as const },
            ...(verified_at === undefined ? {} : { verified_at }),
          })),
        ),
        policy,
      ),
    known: (own: Partial<NotifiedStale> = {}) =>
      writeNotifiedStale(world.store, {
        ...{ policy: 'nightly', since: SLOT - DAY, at: SLOT - DAY, notified_at: OVER - HOUR },
        ...own,
      }),
    check: (one = cursor()) => checkFreshness(world.deps, { nightly: one }),
  };
}

const ten = (late: number): number[] =>
  Array.from({ length: 10 }, (_, n) => (n < late ? OLD : GOOD));

describe('checkFreshness', () => {
  it('writes a hint for a policy that has become stale, and keeps the checked slot', async () => {
    const { check, backedUp, body, hints, lines } = scene();
    await backedUp(ten(2));
    expect(await check()).toEqual({ nightly: remindedAt(OVER + DAY) });
    expect(await hints()).toEqual([HINT]);
    const hint = { version: 1, type: 'freshness', policy: 'nightly', at: OVER, language: 'zh' };
    expect(await body(layout.hint(HINT))).toEqual(hint);
    const fields = { policy: 'nightly', counted: 10, fresh: 8, notified: false };
    expect(lines).toEqual([['warn', 'policy_stale', fields]]);
  });

  it('only keeps the checked slot of a policy that meets its objective', async () => {
    const { check, backedUp, hints, lines } = scene();
    await backedUp(ten(1));
    expect(await check()).toEqual({ nightly: checked(SLOT) });
    expect([await hints(), lines]).toEqual([[], []]);
  });

  it('follows the objective of the policy', async () => {
    const { check, backedUp, hints } = scene();
    await backedUp(ten(1));
    await check(cursor({}, { objective: { phones: 100 } }));
    expect(await hints()).toEqual([HINT]);
  });

  it.each<[string, Cursor]>([
    ['is disabled', cursor({ active: false })],
    ['has no schedule', cursor({ schedule: undefined })],
    ['has no freshness', cursor({ freshness: undefined })],
    ['was checked at this slot', checked(SLOT)],
    ['was checked, and is to be checked later', checked(SLOT, cursor({}, { check_at: OVER + 1 }))],
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
    const { check, hints, backedUp } = scene();
    await backedUp(ten(10));
    expect(await check(checked(SLOT - DAY))).toEqual({ nightly: remindedAt(OVER + DAY) });
    expect(await hints()).toHaveLength(1);
  });

  it('checks again when the objective will be missed, though no slot ends', async () => {
    const objective = { max_age: 26 * HOUR, phones: 90 };
    const { check, hints, backedUp, clock } = scene();
    await backedUp(ten(0));
    const check_at = GOOD + 26 * HOUR + 1;
    const now = await check(cursor({}, { objective }));
    expect(now).toEqual({ nightly: checked(SLOT, cursor({}, { objective, check_at })) });
    clock.move(check_at - OVER);
    expect(await check(now['nightly'])).toEqual({ nightly: remindedAt(check_at + DAY, objective) });
    expect(await hints()).toEqual([HINT]);
  });

  it.each<[string, number, Partial<NotifiedStale>, boolean]>([
    ['as many are late', 4, { phones: { counted: 10, fresh: 6 } }, false],
    ['twice as many are late', 4, { phones: { counted: 10, fresh: 8 } }, false],
    ['more than twice as many are late', 5, { phones: { counted: 10, fresh: 8 } }, true],
    ['no phone is fresh any more', 10, { phones: { counted: 10, fresh: 4 } }, true],
    ['still no phone is fresh', 10, { phones: { counted: 10, fresh: 0 } }, false],
    ['a day has passed', 4, { notified_at: OVER - DAY }, true],
    ['the message may not have been sent', 4, { notified_at: undefined }, true],
    ['the message is from before the policy was disabled', 4, { since: SLOT - 10 * DAY }, true],
    ['nothing was known of the phones', 4, {}, false],
    ['the objective is met', 1, {}, true],
  ])(
    'has drive check a policy again that is notified as stale when %s',
    async (_, late, own, expected) => {
      const { check, backedUp, known, hints } = scene();
      await backedUp(ten(late));
      await known(own);
      await check();
      expect(await hints()).toEqual(expected ? [HINT] : []);
    },
  );

  it('reminds daily of a policy whose slots are a week apart', async () => {
    const { check, backedUp, known, hints, clock } = scene();
    await backedUp(ten(4));
    await known({ phones: { counted: 10, fresh: 6 } });
    const { nightly: one } = await check();
    expect(one).toEqual(remindedAt(OVER - HOUR + DAY));
    clock.move(DAY - HOUR - 1);
    const weekly = { ...one, schedule: { ...schedule, cron: '0 30 2 * * 6' } } as Cursor;
    await check(weekly);
    expect(await hints()).toEqual([]);
    clock.move(1);
    await check(weekly);
    expect(await hints()).toEqual([HINT]);
  });

  it('does not take a policy for recovered in which nothing can be late yet', async () => {
    const { check, backedUp, known, hints } = scene();
    await backedUp(ten(10));
    await known();
    await check(cursor({}, { counts_from: SLOT - DAY }));
    expect(await hints()).toEqual([]);
  });

  describe('without a summary', () => {
    it.each<[string, 'completed' | 'failed', number, number]>([
      ['has no completed run in the last two slots', 'completed', SLOT - DAY - 1, 1],
      ['has one', 'completed', SLOT - DAY, 0],
      ['has only failed runs', 'failed', SLOT - DAY, 1],
    ])('goes by the runs: a policy that %s', async (_, outcome, settled_at, count) => {
      const { check, store, hints } = scene();
      await recordSettled(store, 'nightly', { run_id: 'n-1', outcome, settled_at });
      await check();
      expect(await hints()).toHaveLength(count);
    });

    it('has drive look at a policy that never ran after two slots', async () => {
      const { check, hints } = scene();
      await check(cursor({}, { counts_from: SLOT - DAY }));
      expect(await hints()).toEqual([]);
      await check(cursor({}, { counts_from: SLOT - DAY - 1 }));
      expect(await hints()).toEqual([HINT]);
    });

    it('has drive look, and is not silent, while the caches cannot be read', async () => {
      const { deps, hints, backedUp } = scene();
      await backedUp(ten(0));
      await backedUp(ten(0), 'weekly');
      const broken = withFailingStore(deps, 'get', undefined, layout.freshness('nightly'));
      expect(await checkFreshness(broken, { nightly: cursor(), weekly: cursor() })).toEqual({
        nightly: remindedAt(OVER + DAY),
        weekly: checked(SLOT),
      });
      expect(await hints()).toEqual([HINT]);
    });
  });

  it('throws programming errors', async () => {
    const { deps } = scene();
    const broken = withFailingStore(deps, 'get', new TypeError('no function'));
    await expect(checkFreshness(broken, { nightly: cursor() })).rejects.toThrow('no function');
  });
});
