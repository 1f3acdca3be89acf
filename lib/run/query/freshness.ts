import type { Cursor } from '../../ledger/state/cursors.ts';
import { newestSlotWithin, type SlotRule } from '../../policy/slots/slots.ts';
import type { PolicyStatus } from './schemas.ts';

type Rule = SlotRule & { start_within: number };

/** What freshness depends on. Times in epoch ms, durations in ms. */
export type FreshnessFacts = {
  /** Undefined without a schedule, and for a policy that is disabled or cannot be read. */
  rule: Rule | undefined;
  deadline: number;
  /** Slots up to here do not count: the policy was not active yet, or paused. */
  from: number;
  /** When the last completed run settled, whatever its trigger. */
  goodAt: number | undefined;
};

/**
 * Returns whether a policy's backups are as recent as its schedule requires. `stale`: no run has completed since the older of
 * the last two slots that should have ended by `now`. `never`: no run has completed, but fewer than two slots have ended.
 * `unscheduled`: the policy has no schedule. Pure.
 */
export function freshnessOf(facts: FreshnessFacts, now: number): PolicyStatus['freshness'] {
  const { rule, deadline, from, goodAt } = facts;
  if (rule === undefined) return 'unscheduled';
  const last = newestEndedSlot(rule, { deadline, from }, now);
  const before = last === undefined ? undefined : newestSlotUpTo(rule, from, last - 1);
  if (before !== undefined && (goodAt ?? 0) < before) return 'stale';
  return goodAt === undefined ? 'never' : 'fresh';
}

/**
 * Returns the newest slot whose run must have ended before `now` (epoch ms): `start_within` and `deadline` have passed.
 * Undefined while there is none.
 */
export function newestEndedSlot(
  rule: Rule,
  { deadline, from }: Pick<FreshnessFacts, 'deadline' | 'from'>,
  now: number,
): number | undefined {
  return newestSlotUpTo(rule, from, now - rule.start_within - deadline - 1);
}

function newestSlotUpTo(rule: SlotRule, fromExclusive: number, until: number): number | undefined {
  return newestSlotWithin(
    { ...rule, start_within: Number.POSITIVE_INFINITY },
    fromExclusive,
    until,
  );
}

/**
 * Returns up to when (epoch ms) the slots of an active policy do not count; undefined without a cursor. A rule that schedule
 * has not read yet counts from now on.
 */
export function activeSince(
  cursor: Cursor | undefined,
  rule: SlotRule,
  now: number,
): number | undefined {
  if (cursor === undefined) return undefined;
  return cursor.active && sameRule(cursor.schedule, rule) ? cursor.freshness?.counts_from : now;
}

/** Returns true for the same cron and zone. */
export function sameRule(before: Cursor['schedule'], rule: SlotRule): boolean {
  return before?.cron === rule.cron && before.timezone === rule.timezone;
}
