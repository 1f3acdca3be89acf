import { expect, it } from 'vitest';
import { freshShare, lastsFor } from '../../../../../lib/run/notify/message/words/wording.ts';

const HOUR = 60 * 60_000;

it.each([
  [0, undefined],
  [0.4, undefined],
  [1.2, 1],
  [24.1, 24],
  [47.9, 48],
  [71, 48],
  [71.9, 72],
])('says how long %d hours have lasted in hours, then in whole days', (hours, expected) => {
  const lasts = lastsFor(hours * HOUR);
  expect(lasts === undefined ? undefined : lasts / HOUR).toBe(expected);
});

it.each([
  [999, 1_000, '99%'],
  [0, 0, '0%'],
  [3, 3, '100%'],
])('rounds %d of %d fresh phones down', (fresh, counted, expected) => {
  const counts = { fresh, counted, late: 0, never: 0, not_exportable: 0, unknown: 0 };
  expect(freshShare(counts)).toBe(expected);
});
