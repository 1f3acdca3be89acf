import { CronExpressionParser } from 'cron-parser';
import { expect, test } from 'vitest';
import { dueSlots, type SlotRule } from '../../../lib/policy/slots/slots.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.parse('2026-01-01T00:00:00Z');
const end = start + 365 * DAY;

const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
];
const CRONS = [
  '0 30 2 * * *',
  '30 0 3 * * Mon-Fri',
  '0 15 1,2 1-15 * ?',
  '0 45 23 ? Mar-Apr,Oct,Nov Sat,Sun',
  '0 0 2 13 * Fri',
  '0 0 */6 1/3 * *',
  '0 0 0 1 Jan,Jul ?',
];

/** The hours of a year that do not lie within a day of a change of clocks: there cron libraries differ. */
function quietParts(timezone: string): [number, number][] {
  const zone = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
  const offsetAt = (at: number) =>
    zone.formatToParts(at).find(({ type }) => type === 'timeZoneName');
  const parts: [number, number][] = [];
  let from = start;
  for (let at = start + HOUR; at <= end; at += HOUR) {
    if (offsetAt(at)?.value === offsetAt(at - HOUR)?.value) continue;
    if (at - DAY > from) parts.push([from, at - DAY]);
    from = at + DAY;
  }
  parts.push([from, end]);
  return parts;
}

function slotsByCronParser({ cron, timezone }: SlotRule, from: number, to: number): number[] {
  const expression = CronExpressionParser.parse(cron.replaceAll('?', '*'), {
    tz: timezone,
    currentDate: new Date(from - 1),
    endDate: new Date(to),
  });
  const slots: number[] = [];
  while (expression.hasNext()) slots.push(expression.next().getTime());
  return slots;
}

// What happens when clocks change is described in docs/policy.md and tested in test/policy/slots/slots.test.ts.
test.each(ZONES)('a year of slots in %s agrees with cron-parser', (timezone) => {
  for (const [from, to] of quietParts(timezone)) {
    for (const cron of CRONS) {
      const rule = { cron, timezone };
      expect([cron, dueSlots(rule, from - 1, to)]).toEqual([
        cron,
        slotsByCronParser(rule, from, to),
      ]);
    }
  }
});
