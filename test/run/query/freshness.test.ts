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
  const freshness = { counts_from: SLOT - HOUR, deadline: 3 * HOUR, language: 'en' } as const;
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
