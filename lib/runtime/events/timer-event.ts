import * as z from 'zod';
import { scrub } from '../../cloud/request/redact.ts';
import { PhonevaultError } from '../../errors.ts';

export type TimerEvent = {
  /** Epoch milliseconds of the planned moment; undefined when the event tells none, or none that can be read. */
  time: number | undefined;
  /** The time as it was told, where it could not be read. */
  unreadable?: string;
  triggerName: string;
  /** The text configured on the trigger; undefined when there is none. */
  userEvent: string | undefined;
};

const MAX_USER_EVENT = 16_384;
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

const DATE = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?\s*(.*)$/i;
const ZONE = /^(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})(?:\s+[A-Z]{2,5}|\s+[+-]\d{2,4})?)$/i;

function offsetMs(zone: string): number | undefined {
  const match = ZONE.exec(zone.trim());
  if (!match) return undefined;
  const [, utc, sign, hours, minutes] = match;
  if (utc) return 0;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return offset > 14 * 3_600_000 || Number(minutes) > 59
    ? undefined
    : sign === '-'
      ? -offset
      : offset;
}

function dateMs(text: string): number | undefined {
  const match = DATE.exec(text);
  // A time without a zone could be any of 26 hours: it is not taken for UTC.
  const offset = offsetMs(match?.[8] ?? '');
  if (!match || offset === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const written = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.000Z`;
  if (Number.isNaN(local) || new Date(local).toISOString() !== written) return undefined;
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  return local + milliseconds - offset;
}

/** Epoch milliseconds of a time in any of the ways it has been seen written; undefined if in none. */
export function timeOf(value: string | number): number | undefined {
  const isNumber = typeof value === 'number' || /^\d{9,14}(?:\.\d{1,6})?$/.test(value.trim());
  const number = Number(value);
  // Seconds stay below 1e11 until the year 5138, milliseconds above it since 1973.
  const time = isNumber
    ? Math.floor(Math.abs(number) < 1e11 ? number * 1_000 : number)
    : dateMs(String(value).trim());
  return time !== undefined && time >= EARLIEST && time < LATEST ? time : undefined;
}

export const timerEventSchema = z.object({
  trigger_type: z.literal('TIMER').nullish(),
  time: z.union([z.string().max(64), z.number()]).nullish(),
  trigger_name: z.string().max(128).nullish(),
  user_event: z.string().max(MAX_USER_EVENT).nullish(),
});

/** An event that does not say that it is a timer's may be one, unless it tells something that timers do not. */
function isAnotherEvent(event: object, triggerType: string | null | undefined): boolean {
  const isOurs = (name: string) =>
    name === 'version' || Object.hasOwn(timerEventSchema.shape, name);
  return triggerType !== 'TIMER' && !Object.keys(event).every(isOurs);
}

/** Reads a TIMER trigger's event. Throws event_invalid when it is not one. */
export function parseTimerEvent(event: unknown): TimerEvent {
  const parsed = timerEventSchema.safeParse(event);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') || 'the whole event';
    throw new PhonevaultError('event_invalid', `not the event of a TIMER trigger: ${where}`, {
      hint: 'connect this function to a TIMER trigger',
    });
  }
  const { time, trigger_name: triggerName, user_event: userEvent } = parsed.data;
  if (isAnotherEvent(event as object, parsed.data.trigger_type)) {
    throw new PhonevaultError(
      'event_invalid',
      'not the event of a TIMER trigger: it has fields of another',
      {
        hint: 'connect this function to a TIMER trigger',
      },
    );
  }
  const told = time === undefined || time === null || time === '' ? undefined : time;
  const at = told === undefined ? undefined : timeOf(told);
  return {
    time: at,
    // A backup at the time of the clock is better than none.
    ...(told !== undefined && at === undefined ? { unreadable: scrub(String(told), 64) } : {}),
    triggerName: triggerName ?? '',
    userEvent: userEvent || undefined,
  };
}

/**
 * The policy that a timer's text names, as plain text or as `{"policy": "nightly"}`; undefined for a timer that
 * names none. Throws event_invalid for a text that is neither.
 */
export function policyNamed(userEvent: string | undefined): string | undefined {
  const text = userEvent?.trim() ?? '';
  if (text === '') return undefined;
  const named = policyName.safeParse(text.startsWith('{') ? policyOf(text) : text);
  if (named.success) return named.data;
  throw new PhonevaultError(
    'event_invalid',
    `the timer's text "${scrub(text, 64)}" names no policy`,
    {
      hint: 'leave user_event empty to serve all policies, or set it to the name of one',
    },
  );
}

const policyName = z.string().regex(/^[a-z0-9-]{1,32}$/);

function policyOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { policy?: unknown }).policy;
  } catch {
    return undefined;
  }
}
