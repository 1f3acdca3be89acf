import { MONTHS } from '../slots/cron-fields.ts';
import { cronCounts, cronDays, parseCron } from '../slots/cron.ts';
import { nextSlots } from '../slots/slots.ts';
import { formatDuration } from './duration.ts';
import type { Policy } from './schema.ts';

const SLOTS = 50;
const MAX_PER_DAY = 24;

type Schedule = NonNullable<Policy['schedule']>;

/** Returns how often a schedule fires on each of its days. */
export function slotsPerDay({ cron }: Pick<Schedule, 'cron'>): number {
  const parsed = parseCron(cron);
  return parsed.ok ? cronCounts(parsed.pattern).perDay : 0;
}

function dayWarnings({ cron }: Schedule): string[] {
  const parsed = parseCron(cron);
  if (!parsed.ok) return [];
  const { eitherDay, monthsWithout } = cronDays(parsed.pattern);
  const names = monthsWithout.map((month) => MONTHS[month - 1]).join(', ');
  return [
    ...(eitherDay
      ? [
          'schedule.cron: day of month and day of week are both set: a day that matches one of them has slots. Set one of them to * or ?',
        ]
      : []),
    ...(names === ''
      ? []
      : [
          `schedule.cron: no slot in ${names}: these months are too short, at least in most years. Every month has the days 1 to 28`,
        ]),
  ];
}

/** Returns what is hardly meant in the times of a policy. `now` is epoch ms: intervals may differ over the year. */
export function scheduleWarnings(
  { schedule, deadline, objective: { max_age } }: Policy,
  now: number,
): string[] {
  if (schedule === undefined) return [];
  const warnings: string[] = [];
  const perDay = slotsPerDay(schedule);
  if (perDay > MAX_PER_DAY) {
    warnings.push(
      `schedule.cron: ${perDay} slots a day. The first field is the second: "0 30 2 * * *" is every day at 02:30`,
    );
  }
  warnings.push(...dayWarnings(schedule));
  const slots = nextSlots(schedule, now, SLOTS);
  const intervals = slots.slice(1).map((slot, index) => slot - (slots[index] ?? 0));
  const shortest = Math.min(...intervals);
  if (deadline > shortest) {
    warnings.push(
      `deadline: ${formatDuration(deadline)} is longer than the time between two slots (${formatDuration(shortest)}): slots are skipped while a run is open`,
    );
  }
  const needed = Math.max(0, ...intervals) + deadline;
  if (max_age !== undefined && max_age < needed) {
    warnings.push(
      `objective.max_age: ${formatDuration(max_age)} is shorter than the longest interval of the schedule plus the deadline (${formatDuration(needed)}): phones become late although every run succeeds`,
    );
  }
  return warnings;
}
