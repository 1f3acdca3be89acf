import { expect, it } from 'vitest';
import { lastsFor, number } from '../../../../lib/run/notify/message/wording.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [20_000, '20,000'],
])('writes the count %d with separators', (count, expected) => {
  expect(number(count)).toBe(expected);
});

it.each([
  [0, undefined],
  [0.4, undefined],
  [1.2, { count: 1, unit: 'hour' }],
  [24.1, { count: 24, unit: 'hour' }],
  [47.9, { count: 2, unit: 'day' }],
  [71, { count: 2, unit: 'day' }],
  [71.9, { count: 3, unit: 'day' }],
])('says how long %d hours have lasted in hours, then in whole days', (hours, expected) => {
  expect(lastsFor(hours * 60 * 60_000)).toEqual(expected);
});
