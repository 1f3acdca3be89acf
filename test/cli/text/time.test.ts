import { describe, expect, it } from 'vitest';
import { ago, duration, inZone } from '../../../cli/text/time.ts';

describe('time', () => {
  const at = Date.UTC(2026, 0, 2, 18, 30, 5);

  it.each([
    ['UTC', '2026-01-02 18:30:05 +00:00'],
    ['Asia/Shanghai', '2026-01-03 02:30:05 +08:00'],
    ['America/St_Johns', '2026-01-02 15:00:05 -03:30'],
  ])('is shown in the zone %s', (zone, expected) => {
    expect(inZone(at, zone)).toBe(expected);
  });

  it('shows midnight as 00', () => {
    expect(inZone(Date.UTC(2026, 0, 2), 'UTC')).toBe('2026-01-02 00:00:00 +00:00');
  });

  it.each([
    [0, '0 s', 'just now'],
    [999, '1 s', 'just now'],
    [65_000, '1 min 5 s', '1 min ago'],
    [3_600_000, '1 h', '1 h ago'],
    [59_999, '1 min', '59 s ago'],
    [93_600_000, '1 d 2 h', '1 d ago'],
    [86_460_000, '1 d', '1 d ago'],
    [-7_200_000, '2 h', 'in 2 h'],
  ])('of %i ms reads %j, %j', (ms, length, distance) => {
    expect([duration(ms), ago(ms)]).toEqual([length, distance]);
  });
});
