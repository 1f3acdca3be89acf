import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTime } from '../../../lib/policy/slots/local-time.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString();

describe('at', () => {
  it.each([
    ['Asia/Shanghai', '2026-01-01T16:30:05.123Z', '2026-01-02T00:30:05.123Z'],
    ['Asia/Kathmandu', '2026-01-01T00:00:00.000Z', '2026-01-01T05:45:00.000Z'],
    ['America/New_York', '2026-07-01T04:00:00.000Z', '2026-07-01T00:00:00.000Z'],
    ['UTC', '1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
  ])('in %s shows %s as %s', (zone, instant, local) => {
    expect(iso(localTime(zone).at(at(instant)))).toBe(local);
  });
});

describe('firstInstant', () => {
  it.each([
    ['an ordinary time', '2026-06-01T02:30:00Z', '2026-06-01T00:30:00Z'],
    [
      'a time that the clock shows twice: the first',
      '2026-10-25T02:30:00Z',
      '2026-10-25T00:30:00Z',
    ],
    ['the end of what it shows twice', '2026-10-25T03:00:00Z', '2026-10-25T02:00:00Z'],
    [
      'a time that the clock skips: when it skips it',
      '2026-03-29T02:30:00Z',
      '2026-03-29T01:00:00Z',
    ],
    ['the start of what it skips', '2026-03-29T02:00:00Z', '2026-03-29T01:00:00Z'],
    ['the end of what it skips', '2026-03-29T03:00:00Z', '2026-03-29T01:00:00Z'],
  ])('in Berlin, of %s', (_, local, instant) => {
    expect(localTime('Europe/Berlin').firstInstant(at(local))).toBe(at(instant));
  });

  it('of a day that the zone skips is the start of the next', () => {
    const { firstInstant } = localTime('Pacific/Apia');
    expect(firstInstant(at('2011-12-30T12:00:00Z'))).toBe(at('2011-12-30T10:00:00Z'));
  });

  it('is the first instant at which the clock shows a time, in any zone', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca'];
    const minute = fc.integer({ min: at('2024-01-01') / 60_000, max: at('2028-01-01') / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minute, (zone, minutes) => {
        const clock = localTime(zone);
        const local = clock.at(minutes * 60_000);
        const first = clock.firstInstant(local);
        expect(clock.at(first)).toBe(local);
        expect(first).toBeLessThanOrEqual(minutes * 60_000);
        expect(clock.at(first - HOUR)).not.toBe(local);
      }),
    );
  });
});

describe('latest', () => {
  it('is not passed before an instant, though the clock was set back', () => {
    const clock = localTime('Europe/Berlin');
    const back = at('2026-10-25T01:00:00Z');
    expect(iso(clock.latest(back + HOUR / 2))).toBe('2026-10-25T03:30:00.000Z');
    expect(iso(clock.latest(back + 25 * HOUR))).toBe('2026-10-26T03:00:00.000Z');
    for (let before = back - 2 * HOUR; before < back + 2 * HOUR; before += HOUR / 4) {
      expect(clock.at(before)).toBeLessThanOrEqual(clock.latest(back + 2 * HOUR));
    }
  });
});
