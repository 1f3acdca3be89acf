import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeOf } from '../../../lib/runtime/events/time.ts';

const at = Date.UTC(2026, 1, 2, 18, 15, 0);

describe('timeOf', () => {
  it.each([
    ['2026-02-02T18:15:00Z', 0],
    ['2026-02-02t18:15:00z', 0],
    ['2026-02-03T02:15:00+0800', 0],
    ['2026-02-03T02:15:00 +08:00', 0],
    ['2026-02-03 02:15:00 +0800', 0],
    ['2026-02-03 02:15:00 +0800 CST', 0],
    ['2026-02-02 18:15:00 UTC', 0],
    ['2026-02-02 18:15:00 +0000 UTC', 0],
    ['2026-02-02T12:45:00-05:30', 0],
    ['2026-02-02T18:15:00.123Z', 123],
    ['2026-02-03T02:15:00.123456789+08:00', 123],
    [' 2026-02-02T18:15:00Z ', 0],
    [at / 1_000, 0],
    [at, 0],
    [String(at / 1_000), 0],
    [String(at), 0],
    [at / 1_000 + 0.5, 500],
  ])('reads %s', (value, extra) => {
    expect(timeOf(value)).toBe(at + extra);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-02-03T24:30:00Z',
    '2026-02-03T02:15:00+25:00',
    '2026-02-03T02:15:00+08:75',
    '2026-02-03T02:15:00 PST',
    '2026-02-03',
    '1970-01-01T00:00:00Z',
    '20260203',
    0,
    -1,
    NaN,
    Infinity,
    1e300,
  ])('returns undefined for %s', (value) => {
    expect(timeOf(value)).toBeUndefined();
  });

  it('reads every time in every zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2000, 0, 2), max: Date.UTC(2099, 11, 30) }),
        fc.integer({ min: -12 * 60, max: 14 * 60 }),
        (moment, offset) => {
          const local = new Date(moment + offset * 60_000).toISOString().slice(0, -1);
          const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, '0');
          const zone = `${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
          expect(timeOf(`${local}${zone}`)).toBe(moment);
        },
      ),
    );
  });
});
