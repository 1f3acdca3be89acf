import { describe, expect, it } from 'vitest';
import { momentIn } from '../../../lib/policy/slots/moment.ts';

describe('momentIn', () => {
  it.each([
    ['2026-11-28 03:00', 'Asia/Shanghai', '2026-11-27T19:00:00.000Z'],
    ['2026-11-28T03:00:30', 'UTC', '2026-11-28T03:00:30.000Z'],
    ['2026-11-28', 'Asia/Shanghai', '2026-11-27T16:00:00.000Z'],
    ['2026-11-28 03:00+02:00', 'Asia/Shanghai', '2026-11-28T01:00:00.000Z'],
    ['2026-11-28T03:00Z', 'Asia/Shanghai', '2026-11-28T03:00:00.000Z'],
    // The clock skips this hour.
    ['2026-03-29 02:30', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ])('reads %s in %s', (text, zone, expected) => {
    expect(new Date(momentIn(zone, text) ?? 0).toISOString()).toBe(expected);
  });

  it.each(['2026-02-30 03:00', '2026-11-28 25:00', 'yesterday', ''])('refuses %j', (text) => {
    expect(momentIn('UTC', text)).toBeUndefined();
  });
});
