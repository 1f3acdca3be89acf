import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localDate, parseStamp, stamp } from '../../../lib/policy/keys/stamp.ts';

test('formats an instant as a stamp, to the second', () => {
  expect(stamp(Date.UTC(2026, 0, 2, 2, 30, 0, 999))).toBe('20260102T023000Z');
});

test('parses every stamp to its instant', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8_000_000_000 }), (seconds) => {
      expect(parseStamp(stamp(seconds * 1000))).toBe(seconds * 1000);
    }),
  );
});

test.each([
  '',
  '20260102',
  '20260102T023000',
  '20260102t023000z',
  '20260230T000000Z',
  '20260102T240000Z',
  '20260102T023060Z',
  ' 20260102T023000Z',
  '20260102T023000Z.json',
])('does not parse %j as a stamp', (text) => {
  expect(parseStamp(text)).toBeUndefined();
});

test.each([
  ['2026-01-01T15:59:59Z', 'Asia/Shanghai', '20260101'],
  ['2026-01-01T16:00:00Z', 'Asia/Shanghai', '20260102'],
  ['2026-01-01T00:00:00Z', 'UTC', '20260101'],
  ['2026-01-01T00:00:00Z', 'America/New_York', '20251231'],
  ['2026-03-29T22:00:00Z', 'Europe/Berlin', '20260330'],
  ['0987-03-29T22:00:00Z', 'UTC', '09870329'],
])('gives %s in %s the date %s', (instant, zone, date) => {
  expect(localDate(Date.parse(instant), zone)).toBe(date);
});
