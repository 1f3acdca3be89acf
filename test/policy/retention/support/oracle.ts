import type { RetainedArchive } from '../../../../lib/policy/retention/archive.ts';
import type { Terms } from '../../../../lib/policy/retention/judge.ts';
import { DAY } from './archives.ts';

const PERIODS = ['day', 'week', 'month', 'year'] as const;

/** Returns the reasons of one archive, computed from scratch: names of periods as text, and sets instead of a walk. */
export function oracle(
  own: RetainedArchive,
  all: readonly RetainedArchive[],
  { rules, now, includes, includesSince = now, generation = 0 }: Terms,
): string[] {
  const reasons: string[] = [];
  const zone = rules.timezone ?? 'UTC';
  const isOutside = ({ manual, time }: RetainedArchive) =>
    time > now || (manual === true && !rules.manual);
  const counted = all.filter((one) => !isOutside(one));
  const newer = counted.filter(({ time }) => time > own.time);
  if (!isOutside(own)) {
    const days = rules.retention_duration_days;
    if (days !== undefined && own.time >= now - days * DAY) reasons.push('newest');
    if (newer.length < (rules.max_backups ?? 0)) reasons.push('newest');
    for (const period of PERIODS) {
      const name = nameOf(period, own.time, zone);
      const later = new Set(newer.map(({ time }) => nameOf(period, time, zone)));
      if (!later.has(name) && later.size < (rules[`${period}_backups`] ?? 0)) reasons.push(period);
    }
  }
  const good = all.filter(({ suspect, time }) => suspect !== true && time <= now);
  const generations = all.filter(({ time }) => time <= now).map((one) => one.generation ?? 0);
  const present = Math.max(generation, ...generations);
  const isNewest = (list: RetainedArchive[]) =>
    list.includes(own) && list.every(({ time }) => time <= own.time);
  const same = good.filter((one) => one.includes === includes);
  const current = same.filter((one) => (one.generation ?? 0) === present);
  const isLastGood =
    isNewest(current) ||
    (isNewest(same.filter((one) => !current.includes(one))) &&
      (current.length === 0 || now < present + 30 * DAY)) ||
    (isNewest(good.filter((one) => !same.includes(one))) &&
      (same.length === 0 || now < includesSince + 30 * DAY));
  if (isLastGood) reasons.push('last_good');
  if (own.pinned === true) reasons.push('pinned');
  if (own.inUse === true) reasons.push('in_use');
  if (own.time > now) reasons.push('future');
  if (own.manual === true && !rules.manual) reasons.push('manual');
  if (reasons.length > 0) return reasons;
  if (own.locked === true) return ['locked'];
  return [rules.retention_duration_days === undefined ? 'over_count' : 'expired'];
}

/** Returns a period as text, such as 2026-11-30, or for a week its Monday. */
function nameOf(period: (typeof PERIODS)[number], time: number, timeZone: string): string {
  const date = formatOf(timeZone).format(time);
  if (period === 'day') return date;
  if (period === 'month') return date.slice(0, 7);
  if (period === 'year') return date.slice(0, 4);
  const day = new Date(`${date}T00:00:00Z`);
  while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString();
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  const format = known ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  formats.set(timeZone, format);
  return format;
}
