import { expect, it } from 'vitest';
import { number } from '../../../../lib/run/notify/message/wording.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [20_000, '20,000'],
])('writes the count %d with separators', (count, expected) => {
  expect(number(count)).toBe(expected);
});
