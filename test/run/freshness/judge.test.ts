import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import type { Freshness } from '../../../lib/ledger/state/freshness.ts';
import { activeSince, basisOf, judge, missedAt } from '../../../lib/run/freshness/judge.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** 02:30 in Shanghai on 3 January. */
const SLOT = Date.UTC(2026, 0, 2, 18, 30);
const rule = { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 2 * HOUR };
const nightly = { rule, deadline: 3 * HOUR, from: 0, objective: { phones: 90 } };
const OVER = SLOT + 5 * HOUR;

/** A summary of phones backed up at these times; undefined for never. */
const phones = (times: (number | undefined)[], own: Partial<Freshness> = {}): Freshness => {
  const dated = times.filter((time) => time !== undefined).sort((a, b) => a - b);
  return {
    ...{ run_id: 'n-1', not_exportable: 0, unknown: 0, never: times.length - dated.length },
    verified: [...new Set(dated)].map((time) => [time, dated.filter((t) => t === time).length]),
    ...{ oldest: [], ...own },
  };
};
const some = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

const GOOD = SLOT + HOUR;
const OLD = SLOT - 9 * DAY;
const judged = (freshness: Freshness, basis: Partial<typeof nightly> = {}, now = OVER + 1) =>
  judge({ ...nightly, ...basis }, { freshness, goodAt: undefined }, now).state;

describe('judge, by the phones', () => {
  it.each([
    ['one late phone of ten', [...some(9, GOOD), OLD], 'fresh'],
    ['two late phones of ten', [...some(8, GOOD), OLD, OLD], 'stale'],
    ['one late and one never backed up of ten', [...some(8, GOOD), OLD, undefined], 'stale'],
    ['one late phone of two', [GOOD, OLD], 'fresh'],
    ['the only phone late', [OLD], 'stale'],
    ['the only phone never backed up', [undefined], 'stale'],
    ['both phones late', [OLD, OLD], 'stale'],
    ['four late phones of forty', [...some(36, GOOD), ...some(4, OLD)], 'fresh'],
    ['five late phones of forty', [...some(35, GOOD), ...some(5, OLD)], 'stale'],
  ])('lets 10% of the phones be late, one at least, but not all: %s', (_, times, expected) => {
    expect(judged(phones(times))).toBe(expected);
  });

  it.each([
    ['100%: one late phone of ten', 100, [...some(9, GOOD), OLD], 'stale'],
    ['100%: none', 100, some(10, GOOD), 'fresh'],
    ['98%: one late phone of ten', 98, [...some(9, GOOD), OLD], 'fresh'],
    ['98%: two late phones of hundred', 98, [...some(98, GOOD), OLD, OLD], 'fresh'],
    ['98%: three late phones of hundred', 98, [...some(97, GOOD), ...some(3, OLD)], 'stale'],
    ['99.9%: three late phones of 3,000', 99.9, [...some(2_997, GOOD), ...some(3, OLD)], 'fresh'],
    ['1%: one fresh phone of ten', 1, [GOOD, ...some(9, OLD)], 'fresh'],
  ])('follows the share of the objective: %s', (_, share, times, expected) => {
    expect(judged(phones(times), { objective: { phones: share } })).toBe(expected);
  });

  it('counts a phone as late when its archive is older than the older of the last two slots that have ended', () => {
    const limit = SLOT - DAY;
    expect(judged(phones([limit]))).toBe('fresh');
    expect(judged(phones([limit - 1]))).toBe('stale');
    expect(judged(phones([limit - 1]), {}, OVER)).toBe('fresh');
  });

  it('counts a phone as late when its archive is older than max_age, whatever slots have ended', () => {
    const objective = { max_age: 26 * HOUR, phones: 90 };
    expect(judged(phones([GOOD]), { objective }, GOOD + 26 * HOUR)).toBe('fresh');
    expect(judged(phones([GOOD]), { objective }, GOOD + 26 * HOUR + 1)).toBe('stale');
  });

  it('lets nothing be late before max_age and one slot have passed since the policy is active', () => {
    const objective = { max_age: 26 * HOUR, phones: 90 };
    const from = SLOT - HOUR;
    expect(judged(phones([OLD]), { objective, from }, OVER)).toBe('fresh');
    expect(judged(phones([OLD]), { objective, from }, from + 26 * HOUR - 1)).toBe('fresh');
    expect(judged(phones([OLD]), { objective, from }, from + 26 * HOUR)).toBe('stale');
    const soon = { objective: { max_age: HOUR, phones: 90 }, from };
    expect(judged(phones([OLD]), soon, OVER)).toBe('fresh');
    expect(judged(phones([OLD]), soon, OVER + 1)).toBe('stale');
  });

  it('meets the objective when no phone counts', () => {
    expect(judged(phones([], { not_exportable: 4 }))).toBe('fresh');
    expect(judged(phones([]))).toBe('fresh');
  });

  it('is never while no phone has a backup and none can be late', () => {
    expect(judged(phones(some(3, undefined)), { from: SLOT - DAY })).toBe('never');
    expect(judged(phones([undefined, GOOD]), { from: SLOT - DAY })).toBe('fresh');
  });

  it('counts a completed run where all archives are unknown', () => {
    const freshness = phones([], { unknown: 10 });
    const state = (goodAt: number) => judge(nightly, { freshness, goodAt }, OVER + 1).state;
    expect([state(GOOD), state(OLD)]).toEqual(['fresh', 'stale']);
  });
});

describe('missedAt', () => {
  const objective = { max_age: 26 * HOUR, phones: 90 };
  const at = (times: (number | undefined)[], own: object = {}) =>
    missedAt({ objective, from: 0, ...own }, phones(times), SLOT + 2 * HOUR);
  const due = (time: number) => time + 26 * HOUR + 1;

  it.each([
    [
      'when one more phone than allowed is late',
      [...some(8, GOOD), GOOD - 3, GOOD - 2],
      due(GOOD - 2),
    ],
    ['when no phone is fresh any more', [GOOD, OLD], due(GOOD)],
    [
      'when the last phone is late, after the objective is missed',
      [OLD, OLD, OLD, GOOD],
      due(GOOD),
    ],
    ['never when all are late', [OLD, OLD], undefined],
    ['never without an archive', [undefined], undefined],
  ])('is %s', (_, times, expected) => {
    expect(at(times)).toBe(expected);
  });

  it('is not before max_age has passed since the policy is active', () => {
    expect(at([GOOD], { from: GOOD + HOUR })).toBe(due(GOOD + HOUR));
  });

  it('is never without max_age, or without a summary', () => {
    expect(at([GOOD], { objective: { phones: 90 } })).toBeUndefined();
    expect(missedAt({ objective, from: 0 }, undefined, SLOT)).toBeUndefined();
  });

  it('is when the judgement changes', () => {
    const times = [...some(17, GOOD), GOOD - 9, GOOD - 5, GOOD - 2];
    const then = at(times) ?? 0;
    const state = (now: number) => judged(phones(times), { objective }, now);
    expect([state(then - 1), state(then)]).toEqual(['fresh', 'stale']);
  });
});

describe('judge, when nothing is known of the phones', () => {
  const freshnessOf = (
    {
      goodAt,
      ...basis
    }: Omit<Parameters<typeof judge>[0], 'objective'> & { goodAt: number | undefined },
    now: number,
  ) => judge({ objective: { phones: 90 }, ...basis }, { freshness: undefined, goodAt }, now).state;

  it.each([
    ['is fresh when the last slot has its run', SLOT + HOUR, OVER + 1, 'fresh'],
    [
      'is fresh when the last slot failed and the one before completed',
      SLOT - DAY + HOUR,
      OVER + 1,
      'fresh',
    ],
    [
      'is fresh when a run settled exactly at the slot before the last',
      SLOT - DAY,
      OVER + 1,
      'fresh',
    ],
    [
      'is stale when neither of the last two slots has a completed run',
      SLOT - DAY - 1,
      OVER + 1,
      'stale',
    ],
    ['is fresh while the last slot has not ended', SLOT - DAY - 1, OVER, 'fresh'],
    ['is stale after days without a completed run', SLOT - 9 * DAY, OVER + 1, 'stale'],
    ['is stale when no run has ever completed', undefined, OVER + 1, 'stale'],
  ] as const)('%s', (_, goodAt, now, expected) => {
    expect(freshnessOf({ ...nightly, goodAt }, now)).toBe(expected);
  });

  it.each([
    ['two slots since', SLOT - DAY - 1, 'stale'],
    ['the older slot does not count', SLOT - DAY, 'fresh'],
    ['no slot since', SLOT, 'fresh'],
    ['paused into the future', SLOT + 30 * DAY, 'fresh'],
  ] as const)('ignores slots up to `from`: %s', (_, from, expected) => {
    expect(freshnessOf({ ...nightly, from, goodAt: SLOT - 9 * DAY }, OVER + 1)).toBe(expected);
  });

  it.each([
    ['no slot since', SLOT, 'never'],
    ['one slot since', SLOT - DAY, 'never'],
    ['two slots since', SLOT - DAY - 1, 'stale'],
  ] as const)(
    'is never, not stale, until two slots of a policy without a completed run have ended: %s',
    (_, from, expected) => {
      expect(freshnessOf({ ...nightly, from, goodAt: undefined }, OVER + 1)).toBe(expected);
    },
  );

  it('is unscheduled without a schedule, whatever ran', () => {
    expect(freshnessOf({ ...nightly, rule: undefined, goodAt: undefined }, SLOT)).toBe(
      'unscheduled',
    );
    expect(freshnessOf({ ...nightly, rule: undefined, goodAt: 1 }, SLOT)).toBe('unscheduled');
  });

  it('counts slots and not hours: a weekly policy is fresh for days', () => {
    const weekly = { ...nightly, rule: { ...rule, cron: '0 0 3 * * 1' } };
    expect(freshnessOf({ ...weekly, goodAt: SLOT - 9 * DAY }, OVER)).toBe('fresh');
    expect(freshnessOf({ ...weekly, goodAt: SLOT - 15 * DAY }, OVER)).toBe('stale');
  });
});

describe('activeSince', () => {
  const freshness = {
    counts_from: SLOT - HOUR,
    deadline: 3 * HOUR,
    objective: { phones: 90 },
    language: 'en',
  } as const;
  const cursor: Cursor = {
    etag: 'e',
    active: true,
    schedule: rule,
    handled_until: SLOT,
    freshness,
  };
  const now = SLOT + DAY;

  it.each([
    ['is undefined without a cursor', undefined, undefined],
    ['is from when the cursor counts slots', cursor, SLOT - HOUR],
    [
      'is undefined without freshness in the cursor',
      { ...cursor, freshness: undefined },
      undefined,
    ],
    ['is now for a policy that was not active', { ...cursor, active: false }, now],
    ['is now for another cron', { ...cursor, schedule: { ...rule, cron: '0 0 3 * * *' } }, now],
    ['is now for another zone', { ...cursor, schedule: { ...rule, timezone: 'UTC' } }, now],
  ] as const)('%s', (_, known, expected) => {
    expect(activeSince(known, rule, now)).toBe(expected);
  });
});

describe('basisOf', () => {
  const freshness = {
    counts_from: 5,
    deadline: 3,
    objective: { phones: 98 },
    language: 'en',
  } as const;
  const cursor: Cursor = {
    etag: 'e',
    active: true,
    schedule: rule,
    handled_until: SLOT,
    freshness,
  };

  it('is what schedule last read of an active policy', () => {
    const basis = { rule, deadline: 3, objective: { phones: 98 }, from: 5 };
    expect(basisOf(cursor)).toEqual(basis);
    expect(basisOf({ ...cursor, paused_until: 9 })).toEqual({ ...basis, from: 9 });
  });

  it.each([
    ['is unknown', undefined],
    ['is not active', { ...cursor, active: false }],
    ['has no schedule', { ...cursor, schedule: undefined }],
    ['has no freshness', { ...cursor, freshness: undefined }],
  ])('is undefined for a policy that %s', (_, one) => {
    expect(basisOf(one)).toBeUndefined();
  });
});
