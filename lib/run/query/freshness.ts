import type { Cursor } from '../../ledger/state/cursors.ts';
import { newestSlotWithin, type SlotRule } from '../../policy/slots/slots.ts';
import type { PolicyStatus } from './schemas.ts';

type Rule = SlotRule & { start_within: number };

/** What freshness is judged by. Times in epoch ms, durations in ms. */
export type FreshnessFacts = {
  /** Undefined without a schedule, and for a policy that is disabled or cannot be read. */
  rule: Rule | undefined;
  deadline: number;
  /** Slots up to here were never to run: the policy was not active yet, or paused. */
  from: number;
  /** When the last completed run settled, whatever asked for it. */
  goodAt: number | undefined;
};

/**
 * Whether a policy's backups are as recent as its schedule promises. `stale`: of the last two slots that should be over by
 * `now`, neither has a completed run that settled at it or later; so too when none has completed ever. `never`: none has, but
 * two slots have not passed yet. `unscheduled`: nothing is promised. Pure.
 */
export function freshnessOf(facts: FreshnessFacts, now: number): PolicyStatus['freshness'] {
  const { rule, deadline, from, goodAt } = facts;
  if (rule === undefined) return 'unscheduled';
  const last = newestEndedSlot(rule, { deadline, from }, now);
  const before = last === undefined ? undefined : newestSlot(rule, from, last - 1);
  if (before !== undefined && (goodAt ?? 0) < before) return 'stale';
  return goodAt === undefined ? 'never' : 'fresh';
}

/**
 * The newest slot that should be over by `now` (epoch ms): it may start late and then take its whole time; at the very end of
 * that it is not over yet. Undefined while there is none.
 */
export function newestEndedSlot(
  rule: Rule,
  { deadline, from }: Pick<FreshnessFacts, 'deadline' | 'from'>,
  now: number,
): number | undefined {
  return newestSlot(rule, from, now - rule.start_within - deadline - 1);
}

function newestSlot(rule: SlotRule, fromExclusive: number, until: number): number | undefined {
  return newestSlotWithin(
    { ...rule, start_within: Number.POSITIVE_INFINITY },
    fromExclusive,
    until,
  );
}

/**
 * Up to when (epoch ms) slots of an active policy do not count, from what the schedule noted; undefined when it noted
 * nothing. A rule that the schedule has not seen yet counts from now on.
 */
export function activeSince(
  cursor: Cursor | undefined,
  rule: SlotRule,
  now: number,
): number | undefined {
  if (cursor === undefined) return undefined;
  return cursor.active && sameRule(cursor.rule, rule) ? cursor.freshness?.from : now;
}

/** A changed cron counts its slots from the change on. */
export function sameRule(before: Cursor['rule'], rule: SlotRule): boolean {
  return before?.cron === rule.cron && before.timezone === rule.timezone;
}
