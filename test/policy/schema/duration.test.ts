import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../lib/policy/schema/duration.ts';

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1h30m', 5_400_000],
  ['1d2h3m4s', 93_784_000],
  ['0s', 0],
  ['007m', 420_000],
])('parses %s to %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '5',
  'h',
  '1.5h',
  '-1h',
  '1h ',
  ' 1h',
  '1 h',
  '1H',
  '1m1h',
  '1h1h',
  '1w',
  '1234567s',
  '1h30',
  '1h\n',
])('does not parse %j as a duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('parses every formatted duration to the same milliseconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000);
    }),
  );
});

test.each([
  [0, '0s'],
  [90_000, '1m30s'],
  [86_400_000, '1d'],
])('formats %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
