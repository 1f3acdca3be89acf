import type { Cursor } from '../../ledger/state/cursors.ts';
import type { Drilled } from '../../ledger/state/drills.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { newestSlotWithin, nextSlot } from '../../policy/slots/slots.ts';
import type { PolicyStatus } from './schemas/policy.ts';
import { instantOf } from './schemas/object.ts';

const HOUR = 60 * 60_000;
/** A drill that has no result by then, counted from the last moment at which it may start, is overdue. */
const DRILL_WITHIN_MS = 6 * HOUR;

type Known = {
  cursor: Cursor | undefined;
  drills: { last: Drilled; passed?: Drilled | undefined } | undefined;
};

/** Returns how the drills of a policy do at `now` (epoch ms); nothing for a policy without any. Pure. */
export function drillView(
  { drill, enabled }: Policy,
  { cursor, drills }: Known,
  now: number,
): Pick<PolicyStatus, 'drill'> {
  if (drill === undefined) return {};
  const { last, passed } = drills ?? {};
  const due = enabled ? newestDue(drill.schedule, cursor, now) : undefined;
  const isOverdue = due !== undefined && (last?.started_at ?? 0) < due;
  const next = enabled ? nextSlot(drill.schedule, now) : undefined;
  return {
    drill: {
      state: isOverdue ? 'overdue' : (last?.verdict ?? 'pending'),
      last: last === undefined ? null : viewOf(last),
      last_passed: passed === undefined ? null : viewOf(passed),
      next_slot: next === undefined ? null : instantOf(next),
    },
  };
}

/** Returns the newest slot (epoch ms) whose drill should have ended; undefined when there is none since the policy is known. */
function newestDue(
  schedule: NonNullable<Policy['drill']>['schedule'],
  cursor: Cursor | undefined,
  now: number,
): number | undefined {
  const from = Math.max(cursor?.drill?.counts_from ?? now, cursor?.paused_until ?? 0);
  const rule = { ...schedule, start_within: Number.POSITIVE_INFINITY };
  return newestSlotWithin(rule, from, now - schedule.start_within - DRILL_WITHIN_MS);
}

function viewOf({ run_id, settled_at, seconds }: Drilled) {
  const took = seconds === undefined ? {} : { seconds };
  return { run_id, settled_at: instantOf(settled_at), ...took };
}

/** Returns whether a policy's last drill failed, or is overdue. */
export function isBadDrill({ drill }: Pick<PolicyStatus, 'drill'>): boolean {
  return drill?.state === 'failed' || drill?.state === 'overdue';
}
