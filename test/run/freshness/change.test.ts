import { describe, expect, it } from 'vitest';
import type { NotifiedStale } from '../../../lib/ledger/state/notified/notified.ts';
import { needsNotice, nextNoticeAt } from '../../../lib/run/freshness/change.ts';
import type { Judgement } from '../../../lib/run/freshness/judge.ts';
import { T0 } from '../../support/runs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const basis = { from: T0 - DAY };

const stale = (late: number): Judgement => ({
  ...{ state: 'stale', limit: T0 },
  phones: { counted: 10, fresh: 10 - late, late, never: 0, not_exportable: 0, unknown: 0 },
});
const known: NotifiedStale = {
  ...{ policy: 'nightly', since: T0, at: T0, notified_at: T0 },
  phones: { counted: 10, fresh: 6 },
};

describe('needsNotice, of a policy that people know to be stale', () => {
  it.each([
    ['as many are late', 4, 23 * HOUR, false],
    ['fewer are late', 2, 23 * HOUR, false],
    ['twice as many are late', 8, 23 * HOUR, false],
    ['more than twice as many are late', 9, 1, true],
    ['no phone is fresh any more', 10, 1, true],
    ['a day has passed', 4, DAY, true],
    ['a day has passed but for the time that drive took', 4, DAY - 2 * MINUTE, true],
  ])('is needed again when %s', (_, late, after, expected) => {
    expect(needsNotice(stale(late), known, basis, T0 + after)).toBe(expected);
  });

  it('waits a day for the next reminder also while no phone is fresh', () => {
    const none = { ...known, phones: { counted: 10, fresh: 0 } };
    expect(needsNotice(stale(10), none, basis, T0 + 23 * HOUR)).toBe(false);
    expect(needsNotice(stale(10), none, basis, T0 + DAY)).toBe(true);
  });

  it('reminds daily when nothing is known of its phones', () => {
    const unknown: NotifiedStale = { policy: 'nightly', since: T0, at: T0, notified_at: T0 };
    const found: Judgement = { state: 'stale', limit: T0, phones: undefined };
    expect(needsNotice(found, unknown, basis, T0 + 23 * HOUR)).toBe(false);
    expect(needsNotice(found, unknown, basis, T0 + DAY)).toBe(true);
  });

  it.each([
    ['which was sent late', { ...known, notified_at: T0 + 2 * DAY }, T0 + 3 * DAY],
    ['which is being sent', { ...known, notified_at: undefined }, T0 + DAY],
  ])('counts the day from the message, %s', (_, one, expected) => {
    expect(nextNoticeAt(one)).toBe(expected);
  });
});
