import type { Cursor } from '../ledger/cursors.ts';
import { newestSlotWithin, type SlotRule } from '../policy/slots.ts';
import type { PolicyStatus } from './views.ts';

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
 * `now`, neither has a completed run that settled at it or later. `never`: no run has completed yet, also when no slot
 * was due so far. `unscheduled`: nothing is promised. Pure.
 */
export function freshnessOf(facts: FreshnessFacts, now: number): PolicyStatus['freshness'] {
  const { rule, deadline, from, goodAt } = facts;
  if (rule === undefined) return 'unscheduled';
  if (goodAt === undefined) return 'never';
  // A slot may start late and then take its whole time; at the very end of that it is not over yet.
  const last = newestSlot(rule, from, now - rule.start_within - deadline - 1);
  const before = last === undefined ? undefined : newestSlot(rule, from, last - 1);
  return before !== undefined && goodAt < before ? 'stale' : 'fresh';
}

function newestSlot(rule: SlotRule, fromExclusive: number, until: number): number | undefined {
  return newestSlotWithin(
    { ...rule, start_within: Number.POSITIVE_INFINITY },
    fromExclusive,
    until,
  );
}

/**
 * Up to when (epoch ms) slots of an active policy do not count, from what the schedule noted; 0 when that is not known. A
 * cursor moves on with every slot, so it tells the beginning only until the first one: a slot itself is no beginning.
 * A rule that the schedule has not seen yet counts from now on.
 */
export function activeSince(cursor: Cursor | undefined, rule: SlotRule, now: number): number {
  if (cursor === undefined) return 0;
  const { active, rule: seen, since } = cursor;
  if (!active || seen?.cron !== rule.cron || seen.timezone !== rule.timezone) return now;
  const isSlot = newestSlot(rule, since - 1, since) === since;
  return isSlot ? 0 : since;
}
