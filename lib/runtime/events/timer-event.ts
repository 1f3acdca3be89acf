import { POLICY_NAME } from '../../names.ts';
import * as z from 'zod';
import { scrub } from '../../cloud/request/redact.ts';
import { PhonevaultError } from '../../errors.ts';
import { timeOf } from './time.ts';

export type TimerEvent = {
  /** Epoch ms of the planned time; undefined when the event has none, or none that can be read. */
  time: number | undefined;
  /** The planned time as text, when it cannot be read. */
  unreadable?: string;
  triggerName: string;
  /** The text set on the trigger; undefined when it is empty. */
  userEvent: string | undefined;
};

const MAX_USER_EVENT = 16_384;

export const timerEventSchema = z.object({
  trigger_type: z.literal('TIMER').nullish(),
  time: z.union([z.string().max(64), z.number()]).nullish(),
  trigger_name: z.string().max(128).nullish(),
  user_event: z.string().max(MAX_USER_EVENT).nullish(),
});

/** Reads a TIMER trigger's event. Throws event_invalid when it is not one. */
export function parseTimerEvent(event: unknown): TimerEvent {
  const parsed = timerEventSchema.safeParse(event);
  if (!parsed.success) {
    throw notATimer(parsed.error.issues[0]?.path.join('.') || 'the whole event');
  }
  const { time, trigger_name: triggerName, user_event: userEvent } = parsed.data;
  if (isAnotherEvent(event as object, parsed.data.trigger_type)) {
    throw notATimer('it has fields of another trigger');
  }
  const given = time === undefined || time === null || time === '' ? undefined : time;
  const at = given === undefined ? undefined : timeOf(given);
  return {
    time: at,
    // The caller then uses the clock: a backup at a slightly different time is better than none.
    ...(given !== undefined && at === undefined ? { unreadable: scrub(String(given), 64) } : {}),
    triggerName: triggerName ?? '',
    userEvent: userEvent || undefined,
  };
}

/** An event without a trigger type counts as a timer's when it has no fields that timers do not have. */
function isAnotherEvent(event: object, triggerType: string | null | undefined): boolean {
  const isTimerField = (name: string) =>
    name === 'version' || Object.hasOwn(timerEventSchema.shape, name);
  return triggerType !== 'TIMER' && !Object.keys(event).every(isTimerField);
}

function notATimer(why: string): PhonevaultError {
  return new PhonevaultError('event_invalid', `not the event of a TIMER trigger: ${why}`, {
    hint: 'connect this function to a TIMER trigger',
  });
}

/**
 * Returns the policy in a timer's text, which is its name or `{"policy": "nightly"}`; undefined when the text is empty.
 * Throws event_invalid for any other text.
 */
export function policyNamed(userEvent: string | undefined): string | undefined {
  const text = userEvent?.trim() ?? '';
  if (text === '') return undefined;
  const name = policyName.safeParse(text.startsWith('{') ? policyIn(text) : text);
  if (name.success) return name.data;
  throw new PhonevaultError('event_invalid', `user_event "${scrub(text, 64)}" names no policy`, {
    hint: 'leave user_event empty for all policies, or set it to the name of one',
  });
}

const policyName = z.string().regex(POLICY_NAME);

function policyIn(json: string): unknown {
  try {
    return (JSON.parse(json) as { policy?: unknown }).policy;
  } catch {
    return undefined;
  }
}
