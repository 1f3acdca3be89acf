import { slotsPerDay } from '../../lib/policy/schema/schedule-warnings.ts';
import type { Policy } from '../../lib/policy/schema/schema.ts';
import { nextSlots } from '../../lib/policy/slots/slots.ts';
import type { Preview } from '../../lib/run/query/schemas/preview.ts';
import type { Language } from '../../lib/meanings/entry.ts';
import { inZone } from '../text/time.ts';
import { wordsOf } from '../words/words.ts';

export type Upcoming = NonNullable<Preview['slots']>;

const SHOWN = 5;

/** Returns the next five slots of a policy and how many there are on a day; undefined without a schedule. */
export function upcomingSlots({ schedule }: Policy, now: number): Upcoming | undefined {
  if (schedule === undefined) return undefined;
  const next = nextSlots(schedule, now, SHOWN).map((slot) => new Date(slot).toISOString());
  return { timezone: schedule.timezone, next, per_day: slotsPerDay(schedule) };
}

/** Returns the slots as one line, in the policy's zone. */
export function slotsText({ timezone, next, per_day }: Upcoming, language: Language): string {
  const times = next.map((slot) => inZone(Date.parse(slot), timezone).slice(0, 16));
  const { plan, common } = wordsOf({ language });
  return `${times.join(common.comma)} ${timezone}${common.semicolon}${plan.perDay(per_day)}`;
}
