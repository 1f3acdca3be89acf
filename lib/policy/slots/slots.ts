import { Cron } from 'croner';
import { parseCron } from './cron.ts';

/** When a policy runs: a cron expression that `parseCron` accepts, and an IANA time zone. */
export type SlotRule = { cron: string; timezone: string };

const MAX_SLOTS = 1000;

/**
 * Returns the schedule of a rule. A slot is a local time in the zone. When clocks change:
 * - A time of day (second, minute and hour without `*` and `/`) that is skipped fires at the first moment after the gap, if
 *   that is on the same day. One that is repeated fires the first time.
 * - An interval (all others) follows the local clock: no slot in a gap, and the slots of a repeated hour fire twice.
 * If day of month and day of week are both given, one match is enough. Throws RangeError for an invalid expression.
 */
function schedule({ cron, timezone }: SlotRule): Cron {
  const parsed = parseCron(cron);
  if (!parsed.ok) throw new RangeError(parsed.problems[0]?.message);
  return new Cron(parsed.pattern, { timezone, mode: '6-part', fixedTimeRule: 'no-wildcard' });
}

/** Returns the first slot after an instant (epoch ms), or undefined when there is none within 400 years. */
export function nextSlot(rule: SlotRule, after: number): number | undefined {
  return schedule(rule).nextRun(new Date(after))?.getTime();
}

/** Returns the newest 1,000 slots after `fromExclusive` and up to `toInclusive` (epoch ms), oldest first. */
export function dueSlots(rule: SlotRule, fromExclusive: number, toInclusive: number): number[] {
  const cron = schedule(rule);
  const slots: number[] = [];
  let before = toInclusive + 1;
  while (before > fromExclusive && slots.length < MAX_SLOTS) {
    const slot = cron.previousRuns(1, new Date(before))[0]?.getTime();
    if (slot === undefined || slot <= fromExclusive) break;
    slots.push(slot);
    before = slot;
  }
  return slots.reverse();
}

/**
 * Returns the slot to run now: the newest after `fromExclusive` that is at most `start_within` (ms) old. Undefined when no
 * slot is due or the newest is too old.
 */
export function newestSlotWithin(
  rule: SlotRule & { start_within: number },
  fromExclusive: number,
  now: number,
): number | undefined {
  const earliest = Math.max(fromExclusive, now - rule.start_within - 1);
  if (earliest >= now) return undefined;
  const slot = schedule(rule)
    .previousRuns(1, new Date(now + 1))[0]
    ?.getTime();
  return slot !== undefined && slot > earliest ? slot : undefined;
}
