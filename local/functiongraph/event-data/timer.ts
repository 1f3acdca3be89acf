import { Cron } from 'croner';
import * as z from 'zod';
import { fss } from '../model/error.ts';

const timerSchema = z.object({
  name: z.string().regex(/^[A-Za-z][\w-]{0,63}$/),
  schedule_type: z.enum(['Rate', 'Cron']),
  schedule: z.string().min(1).max(256),
  user_event: z.string().max(2_048).nullish(),
});

/** The zone of a cron without CRON_TZ. */
const REGION_ZONE = 'Asia/Shanghai';
const MAX_COUNT = { m: 60, h: 24, d: 30 } as const;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const EVERY_UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
// Six fields, the last is optional; `?` in the two fields for days.
const CRON =
  /^(?<time>(?:[\d*,/-]+ +){2}[\d*,/-]+) +(?<day>[\d*,/?-]+) +(?<month>[\dA-Za-z*,/-]+)(?: +(?<week>[\dA-Za-z*,/?-]+))?$/;

/** `next` returns the first planned time after `after`, both epoch ms; Infinity if there is none. */
export type Schedule = { next(after: number): number };

/** event_data of a TIMER. Throws FSS.1109. */
export function readTimer(data: unknown): Record<string, unknown> & { name: string } {
  const parsed = timerSchema.safeParse(data);
  if (!parsed.success) throw fss('FSS.1109', String(parsed.error.issues[0]?.path[0] ?? 'data'));
  const { name, schedule_type, schedule, user_event } = parsed.data;
  parseSchedule({ schedule_type, schedule }, 0);
  return {
    name,
    schedule_type,
    schedule,
    ...(user_event === undefined || user_event === null ? {} : { user_event }),
  };
}

/** Parses the schedule of a timer that was created at `start`, epoch ms. Throws FSS.1109. */
export function parseSchedule(
  { schedule_type, schedule }: { schedule_type: string; schedule: string },
  start: number,
): Schedule {
  if (schedule_type === 'Rate') return atInterval(rateMs(schedule), start);
  const every = /^@every +((?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+)$/.exec(schedule)?.[1];
  if (every !== undefined) {
    const parts = [...every.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)];
    const ms = parts.reduce(
      (sum, [, n, unit]) => sum + Number(n) * (EVERY_UNIT_MS[unit ?? ''] ?? 0),
      0,
    );
    if (ms < 1_000) throw fss('FSS.1109', 'schedule');
    return atInterval(ms, start);
  }
  return cronSchedule(schedule);
}

function rateMs(schedule: string): number {
  const [, digits, unit] = /^(\d{1,2})([mhd])$/.exec(schedule) ?? [];
  const count = Number(digits);
  if (unit !== 'm' && unit !== 'h' && unit !== 'd') throw fss('FSS.1109', 'schedule');
  if (count < 1 || count > MAX_COUNT[unit]) throw fss('FSS.1109', 'schedule');
  return count * UNIT_MS[unit];
}

function atInterval(ms: number, start: number): Schedule {
  return { next: (after) => start + (Math.floor(Math.max(0, after - start) / ms) + 1) * ms };
}

function cronSchedule(schedule: string): Schedule {
  const [, zone = REGION_ZONE, fields = ''] = /^(?:CRON_TZ=(\S+) +)?(.+)$/.exec(schedule) ?? [];
  const groups = CRON.exec(fields.trim())?.groups;
  if (groups === undefined) throw fss('FSS.1109', 'schedule');
  const { time = '', day = '', month = '', week = '*' } = groups;
  // The service refuses an hour field with both a list and a range.
  if (/,/.test(hourOf(time)) && /-/.test(hourOf(time))) throw fss('FSS.1109', 'hour');
  if (/[?7-9]/.test(week.replace('?', ''))) throw fss('FSS.1109', 'schedule');
  const pattern = `${time} ${day} ${month} ${week}`.replaceAll('?', '*');
  try {
    const cron = new Cron(pattern, { timezone: zone, paused: true, mode: '6-part' });
    if (cron.nextRun(new Date(0)) === null) throw new RangeError('never');
    return { next: (after) => cron.nextRun(new Date(after))?.getTime() ?? Infinity };
  } catch {
    throw fss('FSS.1109', 'schedule');
  }
}

const hourOf = (time: string): string => time.trim().split(/ +/)[2] ?? '';
