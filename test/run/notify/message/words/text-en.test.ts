import { describe, expect, it } from 'vitest';
import { english } from '../../../../../lib/run/notify/message/words/text-en.ts';
import { day } from '../samples.ts';

describe('english', () => {
  it.each([
    [0, 'has not run since A'],
    [1, 'slot B did not run'],
    [2_000, '2,000 slots from A to B did not run'],
  ])('names missed slots by their number: %i', (slots, expected) => {
    expect(english.missed({ first: 'A', last: 'B', slots })).toBe(expected);
  });

  it('counts problems first in a daily summary, and leaves out counts of zero', () => {
    const runs = { completed: 3, partial: 0, failed: 1, skipped: 0, cancelled: 0 };
    expect(english.summaryParts(day({ runs, missed: 2, stale: ['a'], invalid: [] }))).toEqual([
      ...['1 stale', '2 missed', '3 completed', '1 failed'],
    ]);
  });

  it('says so when a day had no runs and no problems', () => {
    expect(english.summaryParts(day())).toEqual(['no runs']);
  });

  it('ends a sentence once', () => {
    expect(english.sentence('it failed')).toBe('it failed.');
    expect(english.sentence('it failed.')).toBe('it failed.');
  });
});
