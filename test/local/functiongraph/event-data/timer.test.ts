import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../../local/functiongraph/event-data/timer.ts';

const at = (text: string) => Date.parse(text);
const next = (schedule_type: string, schedule: string, after: string, start = after) =>
  new Date(parseSchedule({ schedule_type, schedule }, at(start)).next(at(after))).toISOString();

describe('when a timer fires', () => {
  it.each([
    ['Rate', '3m', '2026-02-03T02:15:00Z', '2026-02-03T02:18:00.000Z'],
    ['Cron', '@every 1.5h', '2026-02-03T02:15:00Z', '2026-02-03T03:45:00.000Z'],
    ['Cron', '0 * * * * *', '2026-02-03T02:15:00Z', '2026-02-03T02:16:00.000Z'],
    // Without a zone: the region's.
    ['Cron', '0 30 2 * * *', '2026-02-03T02:15:00Z', '2026-02-03T18:30:00.000Z'],
    [
      'Cron',
      'CRON_TZ=Europe/Berlin 0 30 2 * * *',
      '2026-02-03T02:15:00Z',
      '2026-02-04T01:30:00.000Z',
    ],
    ['Cron', 'CRON_TZ=UTC 0 0 12 ? * Mon', '2026-02-03T02:15:00Z', '2026-02-09T12:00:00.000Z'],
    ['Cron', 'CRON_TZ=UTC 0 0 12 1 Mar', '2026-02-03T02:15:00Z', '2026-03-01T12:00:00.000Z'],
  ])('%s %s after %s: %s', (type, schedule, after, expected) => {
    expect(next(type, schedule, after)).toBe(expected);
  });

  it('keeps the beat of its creation', () => {
    expect(next('Rate', '3m', '2026-02-03T02:16:30Z', '2026-02-03T02:15:00Z')).toBe(
      '2026-02-03T02:18:00.000Z',
    );
  });

  it('always comes later than asked for, at most one period', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 60 }), (ms, n) => {
        const { next: after } = parseSchedule({ schedule_type: 'Rate', schedule: `${n}m` }, 1_000);
        const fires = after(1_000 + ms);
        expect(fires).toBeGreaterThan(1_000 + ms);
        expect(fires - ms - 1_000).toBeLessThanOrEqual(n * 60_000);
        expect((fires - 1_000) % (n * 60_000)).toBe(0);
      }),
    );
  });
});
