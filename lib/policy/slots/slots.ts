import { Cron } from 'croner';
import { parseCron } from './cron.ts';

/** When a policy runs: a cron expression of six fields that `parseCron` accepts, and an IANA zone. */
export type SlotRule = { cron: string; timezone: string };

const MAX_SLOTS = 1000;

/**
 * A slot is a time on the wall clock of the zone. Where clocks change:
 * - second, minute and hour without `*` and `/` (a time of day): a time that does not exist that day is the first moment
 *   after the gap, provided that is still the same day; a time that exists twice counts once, the first time;
 * - otherwise (an interval): the clock that people read is followed, so that no slot lies in a gap and a
 *   repeated hour has its slots twice, each an instant of its own.
 * Day of month and day of week, both given, are alternatives, as in every cron.
 */
function schedule({ cron, timezone }: SlotRule): Cron {
  const parsed = parseCron(cron);
  if (!parsed.ok) throw new RangeError(parsed.problems[0]?.message);
  return new Cron(parsed.pattern, { timezone, mode: '6-part', fixedTimeRule: 'no-wildcard' });
}

/** The first slot after an instant (epoch ms); undefined when there is none within 400 years. */
export function nextSlot(rule: SlotRule, after: number): number | undefined {
  return schedule(rule).nextRun(new Date(after))?.getTime();
}

/** The slots after `fromExclusive` up to `toInclusive` (epoch ms), newest last; of more than 1,000 the newest 1,000. */
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
 * The one slot to run now: the newest after `fromExclusive` that is not older than `start_within` (ms).
 * Undefined when none is due or the newest is too old to be started.
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
