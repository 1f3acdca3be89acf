import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule, readTimer } from '../../../../local/functiongraph/event-data/timer.ts';

const at = (text: string) => Date.parse(text);
const next = (schedule_type: string, schedule: string, after: string, start = after) =>
  new Date(parseSchedule({ schedule_type, schedule }, at(start)).next(at(after))).toISOString();

describe('parseSchedule', () => {
  it.each([
    ['Rate', '3m', '2026-02-03T02:15:00Z', '2026-02-03T02:18:00.000Z'],
    ['Cron', '@every 1.5h', '2026-02-03T02:15:00Z', '2026-02-03T03:45:00.000Z'],
    ['Cron', '0 * * * * *', '2026-02-03T02:15:00Z', '2026-02-03T02:16:00.000Z'],
    // Without CRON_TZ the zone is China's.
    ['Cron', '0 30 2 * * *', '2026-02-03T02:15:00Z', '2026-02-03T18:30:00.000Z'],
    [
      'Cron',
      'CRON_TZ=Europe/Berlin 0 30 2 * * *',
      '2026-02-03T02:15:00Z',
      '2026-02-04T01:30:00.000Z',
    ],
    ['Cron', 'CRON_TZ=UTC 0 0 12 ? * Mon', '2026-02-03T02:15:00Z', '2026-02-09T12:00:00.000Z'],
    ['Cron', 'CRON_TZ=UTC 0 0 12 1 Mar', '2026-02-03T02:15:00Z', '2026-03-01T12:00:00.000Z'],
  ])('fires %s %s after %s at %s', (type, schedule, after, expected) => {
    expect(next(type, schedule, after)).toBe(expected);
  });

  it('fires at a fixed interval from creation', () => {
    expect(next('Rate', '3m', '2026-02-03T02:16:30Z', '2026-02-03T02:15:00Z')).toBe(
      '2026-02-03T02:18:00.000Z',
    );
  });

  it('fires after the given time, at most one period later', () => {
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

describe('event_data of a timer', () => {
  const timer = (more: object) => ({
    name: 't',
    schedule_type: 'Cron',
    schedule: '0 0 1 * * *',
    ...more,
  });

  it.each([
    ['Rate', '30d'],
    ['Cron', '0 30 2 * * *'],
    ['Cron', '0 30 2 ? * Mon-Fri'],
    ['Cron', '*/10 0,30 2-4 1 Jan,Feb'],
    ['Cron', 'CRON_TZ=Europe/Berlin 0 0 12 * * *'],
    ['Cron', '@every 2h30m'],
    ['Cron', '@every 1.5h'],
  ])('accepts %s %s', (schedule_type, schedule) => {
    const data = timer({ schedule_type, schedule, user_event: 'e' });
    expect(readTimer(data)).toEqual(data);
  });

  it.each([
    ['no name', { name: '' }],
    ['CRON in capitals', { schedule_type: 'CRON' }],
    ['a rate of 61 minutes', { schedule_type: 'Rate', schedule: '61m' }],
    ['a rate of 0 hours', { schedule_type: 'Rate', schedule: '0h' }],
    ['a rate of 31 days', { schedule_type: 'Rate', schedule: '31d' }],
    ['a cron of four fields', { schedule: '0 0 12 *' }],
    ['an hour of list and range', { schedule: '0 0 14-23,0 * * ?' }],
    ['an unknown zone', { schedule: 'CRON_TZ=Mars/Base 0 0 1 * * *' }],
    ['CRON_TZ with @every', { schedule: 'CRON_TZ=Asia/Shanghai @every 1h' }],
    ['@every below a second', { schedule: '@every 999ms' }],
    ['a second of 60', { schedule: '60 0 1 * * *' }],
    ['Sunday as 7', { schedule: '0 0 1 * * 7' }],
    ['a day that never comes', { schedule: '0 0 1 30 Feb' }],
  ])('refuses %s', (_, more) => {
    expect(() => readTimer(timer(more))).toThrow(expect.objectContaining({ code: 'FSS.1109' }));
  });
});
