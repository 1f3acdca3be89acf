import { describe, expect, it } from 'vitest';
import {
  clockText,
  localTime,
  timeText,
} from '../../../../../lib/run/notify/message/words/time-text.ts';

const berlin = { language: 'en', timezone: 'Europe/Berlin' } as const;

describe('timeText', () => {
  it.each([
    ['before clocks go forward', Date.UTC(2026, 2, 29, 0, 59), '2026-03-29 01:59 Europe/Berlin'],
    ['after it', Date.UTC(2026, 2, 29, 1, 0), '2026-03-29 03:00 Europe/Berlin'],
    [
      'in the hour that comes twice',
      Date.UTC(2026, 9, 25, 0, 30),
      '2026-10-25 02:30 Europe/Berlin',
    ],
    ['midnight', Date.UTC(2026, 0, 1, 23), '2026-01-02 00:00 Europe/Berlin'],
    ['beyond the calendar', 1e20, '10000-01-01 00:59 Europe/Berlin'],
    ['before 1970', -5, '1970-01-01 01:00 Europe/Berlin'],
  ])('writes a time %s', (_, ms, expected) => {
    expect(timeText(ms, berlin)).toBe(expected);
  });

  it('uses UTC for a zone that the runtime does not know', () => {
    expect(timeText(0, { language: 'en', timezone: 'Mars/Olympus' })).toBe('1970-01-01 00:00 UTC');
    expect(localTime(0, 'Mars/Olympus').zone).toBe('UTC');
  });
});

describe('clockText', () => {
  const late = Date.UTC(2026, 0, 1, 22, 50);

  it('leaves out the day when the other time is on the same one, in the zone', () => {
    expect(clockText(late, late + 9 * 60_000, berlin)).toBe('23:50');
    expect(clockText(late, late + 11 * 60_000, berlin)).toBe('2026-01-01 23:50');
    expect(clockText(late, late + 11 * 60_000, { ...berlin, language: 'zh' })).toBe(
      '1 月 1 日 23:50',
    );
  });
});
