import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import { activeSince, freshnessOf } from '../../../lib/run/query/freshness.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** 02:30 in Shanghai on 3 January. */
const SLOT = Date.UTC(2026, 0, 2, 18, 30);
const rule = { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 2 * HOUR };
const nightly = { rule, deadline: 3 * HOUR, from: 0 };
const OVER = SLOT + 5 * HOUR;

describe('freshnessOf', () => {
  it.each([
    ['the last slot has its run', SLOT + HOUR, OVER + 1, 'fresh'],
    ['the last slot failed, the one before completed', SLOT - DAY + HOUR, OVER + 1, 'fresh'],
    ['a run settled right at the slot before the last', SLOT - DAY, OVER + 1, 'fresh'],
    ['neither of the last two has one', SLOT - DAY - 1, OVER + 1, 'stale'],
    ['the second of them is not over yet', SLOT - DAY - 1, OVER, 'fresh'],
    ['days have passed without any', SLOT - 9 * DAY, OVER + 1, 'stale'],
    ['no run has completed ever', undefined, OVER + 1, 'stale'],
  ] as const)('%s', (_, goodAt, now, expected) => {
    expect(freshnessOf({ ...nightly, goodAt }, now)).toBe(expected);
  });

  it.each([
    ['two slots since', SLOT - DAY - 1, 'stale'],
    ['the older slot was never to run', SLOT - DAY, 'fresh'],
    ['no slot since', SLOT, 'fresh'],
    ['paused into the future', SLOT + 30 * DAY, 'fresh'],
  ] as const)('counts slots only from the beginning: %s', (_, from, expected) => {
    expect(freshnessOf({ ...nightly, from, goodAt: SLOT - 9 * DAY }, OVER + 1)).toBe(expected);
  });

  it.each([
    ['no slot since', SLOT, 'never'],
    ['one slot since', SLOT - DAY, 'never'],
    ['two slots since', SLOT - DAY - 1, 'stale'],
  ] as const)('gives a policy that never completed two slots: %s', (_, from, expected) => {
    expect(freshnessOf({ ...nightly, from, goodAt: undefined }, OVER + 1)).toBe(expected);
  });

  it('promises nothing without a schedule, whatever ran', () => {
    expect(freshnessOf({ ...nightly, rule: undefined, goodAt: undefined }, SLOT)).toBe(
      'unscheduled',
    );
    expect(freshnessOf({ ...nightly, rule: undefined, goodAt: 1 }, SLOT)).toBe('unscheduled');
  });

  it('judges by slots, not by hours: a weekly policy may be days old', () => {
    const weekly = { ...nightly, rule: { ...rule, cron: '0 0 3 * * 1' } };
    expect(freshnessOf({ ...weekly, goodAt: SLOT - 9 * DAY }, OVER)).toBe('fresh');
    expect(freshnessOf({ ...weekly, goodAt: SLOT - 15 * DAY }, OVER)).toBe('stale');
  });
});

describe('activeSince', () => {
  const freshness = { from: SLOT - HOUR, deadline: 3 * HOUR, language: 'en' } as const;
  const cursor: Cursor = { etag: 'e', active: true, rule, since: SLOT, freshness };
  const now = SLOT + DAY;

  it.each([
    ['nothing is known', undefined, undefined],
    ['as the schedule noted', cursor, SLOT - HOUR],
    ['noted by an earlier version', { ...cursor, freshness: undefined }, undefined],
    ['not seen active yet', { ...cursor, active: false }, now],
    ['another cron until now', { ...cursor, rule: { ...rule, cron: '0 0 3 * * *' } }, now],
    ['another zone until now', { ...cursor, rule: { ...rule, timezone: 'UTC' } }, now],
  ] as const)('%s', (_, known, expected) => {
    expect(activeSince(known, rule, now)).toBe(expected);
  });
});
