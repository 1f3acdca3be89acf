import { Cron } from 'croner';
import { parseCron } from './cron.ts';
import { localTime } from './local-time.ts';

/** When a policy runs: a cron expression that `parseCron` accepts, and an IANA time zone. */
export type SlotRule = { cron: string; timezone: string };

const MAX_SLOTS = 1000;

type Schedule = {
  next(after: number): number | undefined;
  /** Returns the newest slot before an instant. */
  previous(before: number): number | undefined;
};

/**
 * Returns the schedule of a rule. A slot is a local time in the zone. When clocks change:
 * - A time of day (second, minute and hour without `*` and `/`) that is skipped fires at the first moment after the gap, one
 *   that is repeated the first time: every day has its slot.
 * - An interval (all others) follows the local clock: no slot in a gap, and the slots of a repeated hour fire twice.
 * If day of month and day of week are both given, one match is enough. Throws RangeError for an invalid expression.
 */
function schedule({ cron, timezone }: SlotRule): Schedule {
  const parsed = parseCron(cron);
  if (!parsed.ok) throw new RangeError(parsed.problems[0]?.message);
  const isInterval = /[*/]/.test(parsed.pattern.split(' ').slice(0, 3).join(''));
  if (isInterval) return scheduleIn(parsed.pattern, timezone);

  const times = scheduleIn(parsed.pattern, 'UTC');
  const clock = localTime(timezone);
  return {
    next(after) {
      let local = times.next(clock.at(after));
      while (local !== undefined) {
        const slot = clock.firstInstant(local);
        if (slot > after) return slot;
        local = times.next(local);
      }
      return undefined;
    },
    previous(before) {
      let local = times.previous(clock.latest(before));
      while (local !== undefined) {
        const slot = clock.firstInstant(local);
        if (slot < before) return slot;
        local = times.previous(local);
      }
      return undefined;
    },
  };
}

function scheduleIn(pattern: string, timezone: string): Schedule {
  const cron = new Cron(pattern, { timezone, mode: '6-part', fixedTimeRule: 'no-wildcard' });
  return {
    next: (after) => cron.nextRun(new Date(after))?.getTime(),
    previous: (before) => cron.previousRuns(1, new Date(before))[0]?.getTime(),
  };
}

/** Returns the first slot after an instant (epoch ms), or undefined when there is none within 400 years. */
export function nextSlot(rule: SlotRule, after: number): number | undefined {
  return schedule(rule).next(after);
}

/** Returns the next slots after an instant (epoch ms), at most `max`. */
export function nextSlots(rule: SlotRule, after: number, max: number): number[] {
  const { next } = schedule(rule);
  const slots: number[] = [];
  let slot = next(after);
  while (slot !== undefined && slots.length < max) {
    slots.push(slot);
    slot = next(slot);
  }
  return slots;
}

/** Returns the newest 1,000 slots after `fromExclusive` and up to `toInclusive` (epoch ms), oldest first. */
export function dueSlots(rule: SlotRule, fromExclusive: number, toInclusive: number): number[] {
  const { previous } = schedule(rule);
  const slots: number[] = [];
  let before = toInclusive + 1;
  while (before > fromExclusive && slots.length < MAX_SLOTS) {
    const slot = previous(before);
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
  const slot = schedule(rule).previous(now + 1);
  return slot !== undefined && slot > earliest ? slot : undefined;
}
