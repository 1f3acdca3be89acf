import { expect, it } from 'vitest';
import { parseText } from '../../../lib/runtime/events/parse-text.ts';

it.each([
  ['{"a":1}', { a: 1 }],
  [' [1]', [1]],
])('parses the JSON text %j', (text, expected) => {
  expect(parseText(text)).toEqual(expected);
});

it.each(['', 'text', '7', '"text"', 'null', '{ broken', `[${' '.repeat(600_000)}]`])(
  'returns any other text as it is (%.20s)',
  (text) => {
    expect(parseText(text)).toBe(text);
  },
);

it.each([undefined, null, 7, { a: 1 }])('returns %j as it is', (value) => {
  expect(parseText(value)).toBe(value);
});
