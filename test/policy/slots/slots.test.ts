import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueSlots, newestSlotWithin, nextSlot } from '../../../lib/policy/slots/slots.ts';
import { changeDays, clockOf, dailySlot } from './brute-force.ts';
import { minuteSlots } from './reference-cron.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);
const iso = (slots: number[]) => slots.map((slot) => new Date(slot).toISOString());

const ZONES = [
  'Asia/Shanghai',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago', // clocks change at midnight
  'America/Nuuk', // from 23:00 to midnight
  'Australia/Lord_Howe', // by half an hour
];

describe('a year of slots equals a minute-by-minute reference', () => {
  const start = at('2026-01-01T00:00:00Z');
  const rules = [
    '0 30 2 * * *',
    '0 0 0 * * *',
    '0 15 1,2 1-15 * ?',
    '0 45 23 ? Mar-Apr,Oct,Nov Sat,Sun',
    '0 0 2 13 * Fri',
    '0 */30 2 1,29 3,10,11 *',
  ];
  test.each(ZONES.flatMap((timezone) => rules.map((cron) => ({ timezone, cron }))))(
    '$cron in $timezone',
    (rule) => {
      const slots = dueSlots(rule, start - 1, start + 365 * DAY);
      expect(iso(slots)).toEqual(iso(minuteSlots(rule, start, start + 365 * DAY)));
    },
  );
});

test('the slots of an interval equal a minute-by-minute reference', () => {
  const crons = ['0 */15 * * * *', '0 0 * * * *', '0 30 */2 * * *', '0 7 1-4/1 * * *'];
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.constantFrom(...crons),
      fc.integer({ min: 0, max: 365 * 24 * 60 }),
      (timezone, cron, minutes) => {
        const rule = { timezone, cron };
        const start = at('2026-01-01T00:00:00Z') + minutes * MINUTE;
        const slots = dueSlots(rule, start - 1, start + 8 * HOUR);
        expect(slots).toEqual(minuteSlots(rule, start, start + 8 * HOUR));
      },
    ),
    {
      numRuns: 150,
      examples: ['2026-03-29T00:00:00Z', '2026-10-24T22:00:00Z'].flatMap((start) =>
        crons.map((cron): [string, string, number] => [
          'Europe/Berlin',
          cron,
          (at(start) - at('2026-01-01T00:00:00Z')) / MINUTE,
        ]),
      ),
    },
  );
});

describe('every daily time has exactly one slot a day', () => {
  /** The slots of `time` from the day before `day` to the day after it. */
  const around = (timezone: string, day: string, time: string): [number[], number[]] => {
    const clock = clockOf(timezone);
    const [hour, minute] = time.split(':').map(Number);
    const days = [-1, 0, 1].map((away) => iso([at(day) + away * DAY])[0]?.slice(0, 10) ?? '');
    const expected = days.map((one) => dailySlot(clock, one, time));
    const rule = { cron: `0 ${minute} ${hour} * * *`, timezone };
    const [first = 0, , last = 0] = expected;
    return [dueSlots(rule, first - 1, last), expected];
  };

  // Clocks change there in unusual ways, or at midnight.
  test.each([
    ['America/Nuuk', '2027-03-27', '23:30'],
    ['America/Santiago', '2026-09-06', '00:30'],
    ['Africa/Cairo', '2026-04-24', '00:00'],
    ['Antarctica/Casey', '2020-03-08', '01:30'],
    ['Antarctica/Troll', '2026-03-29', '02:15'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45'],
    ['Asia/Beirut', '2026-03-29', '00:15'],
    ['America/Asuncion', '2024-10-06', '00:30'],
    ['Africa/Casablanca', '2026-02-15', '02:30'],
  ])('in %s around %s at %s', (timezone, day, time) => {
    const [slots, expected] = around(timezone, day, time);
    expect(iso(slots)).toEqual(iso(expected));
  });

  test('in any zone, at any time, on days when clocks change', () => {
    const zones = [
      'America/Nuuk',
      'America/Havana',
      'Europe/Dublin',
      'Pacific/Norfolk',
      'Asia/Gaza',
    ];
    const days = new Map(zones.map((zone) => [zone, changeDays(zone)]));
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.nat(), fc.nat(1439), (zone, place, minute) => {
        const known = days.get(zone) ?? [];
        const time = iso([minute * MINUTE])[0]?.slice(11, 16) ?? '';
        const [slots, expected] = around(zone, known[place % known.length] ?? '', time);
        expect(iso(slots)).toEqual(iso(expected));
      }),
      { numRuns: 20 },
    );
  });
});

describe('when clocks change', () => {
  const timezone = 'Europe/Berlin';
  test('a skipped time of day fires at the first moment after the gap', () => {
    const rule = { cron: '0 30 2 * * *', timezone };
    const slots = dueSlots(rule, at('2026-03-28T00:00:00Z'), at('2026-03-30T12:00:00Z'));
    expect(iso(slots)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z', // 03:00 local
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  test('a time of day that is skipped up to midnight fires at midnight', () => {
    const rule = { cron: '0 30 23 * * *', timezone: 'America/Nuuk' };
    const slots = dueSlots(rule, at('2027-03-26T12:00:00Z'), at('2027-03-29T12:00:00Z'));
    expect(iso(slots)).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-28T01:00:00.000Z', // 00:00 local of the next day
      '2027-03-29T00:30:00.000Z',
    ]);
    expect(nextSlot(rule, at('2027-03-27T12:00:00Z'))).toBe(at('2027-03-28T01:00:00Z'));
  });

  test('a repeated time of day fires once, the first time', () => {
    const rule = { cron: '0 30 2 * * *', timezone };
    const slots = dueSlots(rule, at('2026-10-24T12:00:00Z'), at('2026-10-26T12:00:00Z'));
    expect(iso(slots)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
    expect(nextSlot(rule, at('2026-10-25T00:45:00Z'))).toBe(at('2026-10-26T01:30:00Z'));
  });

  test('an interval of an hour fires every hour', () => {
    const rule = { cron: '0 0 * * * *', timezone };
    expect(dueSlots(rule, at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z'))).toHaveLength(24);
    expect(dueSlots(rule, at('2026-03-28T12:00:00Z'), at('2026-03-29T12:00:00Z'))).toHaveLength(24);
  });
});

describe('dueSlots', () => {
  const rule = { cron: '0 0 3 * * *', timezone: 'UTC' };
  const slot = at('2026-05-01T03:00:00Z');

  test.each([
    ['excludes the start', slot, slot + HOUR, []],
    ['includes the end', slot - 1, slot, [slot]],
    ['includes a slot just before the end', slot - HOUR, slot + 1, [slot]],
    ['returns nothing when the end is before the start', slot + HOUR, slot - HOUR, []],
    ['returns nothing when start and end are equal', slot, slot, []],
  ])('%s', (_, from, to, expected) => {
    expect(dueSlots(rule, from, to)).toEqual(expected);
  });

  test('returns at most the newest 1,000 slots, oldest first', () => {
    const slots = dueSlots({ cron: '* * * * * *', timezone: 'UTC' }, 0, slot);
    expect(slots).toHaveLength(1000);
    expect(slots.at(-1)).toBe(slot);
    expect(slots[0]).toBe(slot - 999_000);
  });

  test('returns every slot once when a period is split at any time', () => {
    const hourly = { cron: '0 0 * * * *', timezone: 'Europe/Berlin' };
    const from = at('2026-10-24T20:00:00Z');
    const length = 12 * HOUR;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: length }), (cut) => {
        const halves = [
          ...dueSlots(hourly, from, from + cut),
          ...dueSlots(hourly, from + cut, from + length),
        ];
        expect(halves).toEqual(dueSlots(hourly, from, from + length));
      }),
      { numRuns: 50 },
    );
  });

  test('nextSlot returns the first slot after an instant', () => {
    expect(nextSlot(rule, slot - 1)).toBe(slot);
    expect(nextSlot(rule, slot)).toBe(slot + DAY);
  });
});

test('a cron expression that never fires has no slots', () => {
  const rule = { cron: '0 0 0 30 2 *', timezone: 'UTC' };
  expect(nextSlot(rule, 0)).toBeUndefined();
  expect(dueSlots(rule, 0, 400 * DAY)).toEqual([]);
});

test('throws for an invalid cron expression', () => {
  expect(() => nextSlot({ cron: '0 0 0 * * 7', timezone: 'UTC' }, 0)).toThrow(RangeError);
});

describe('newestSlotWithin', () => {
  const rule = { cron: '0 0 * * * *', timezone: 'UTC', start_within: 90 * MINUTE };
  const slot = at('2026-05-01T03:00:00Z');

  test.each([
    ['returns the newest of several slots', slot - 10 * HOUR, slot + MINUTE, slot],
    ['returns a slot that is due now', slot - HOUR, slot, slot],
    ['returns nothing when the slot has already run', slot, slot + MINUTE, undefined],
    ['returns nothing before the slot is due', slot - MINUTE, slot - 1, undefined],
  ])('%s', (_, from, now, expected) => {
    expect(newestSlotWithin(rule, from, now)).toBe(expected);
  });

  test.each([
    [0, slot],
    [1, undefined],
  ])('returns no slot that is later than start_within: %d ms later', (over, expected) => {
    const daily = { cron: '0 0 3 * * *', timezone: 'UTC', start_within: 2 * HOUR };
    expect(newestSlotWithin(daily, slot - DAY, slot + 2 * HOUR + over)).toBe(expected);
  });
});
