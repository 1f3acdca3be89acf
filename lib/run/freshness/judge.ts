import type { Cursor } from '../../ledger/state/cursors.ts';
import type { Freshness } from '../../ledger/state/freshness.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { newestSlotWithin, type SlotRule } from '../../policy/slots/slots.ts';
import { countPhones, type PhoneCounts } from './summarize.ts';

export const freshnessStates = ['fresh', 'stale', 'never', 'unscheduled'] as const;

type Rule = SlotRule & { start_within: number };

/** What the freshness of a policy is judged by. Times in epoch ms, durations in ms. */
export type Basis = {
  /** Undefined without a schedule, and for a policy that is disabled or cannot be read. */
  rule: Rule | undefined;
  deadline: number;
  objective: Policy['objective'];
  /** Slots up to here do not count: the policy was not active yet, or paused. */
  from: number;
};

/** What is known of a policy's backups. */
export type Known = {
  freshness: Freshness | undefined;
  /** When the last completed run of all phones settled. Only counts without `freshness`. */
  goodAt: number | undefined;
};

export type Judgement = {
  state: (typeof freshnessStates)[number];
  /** Archives older than this are late. Undefined while none can be: too few slots have ended. */
  limit: number | undefined;
  /** Undefined when nothing is known of the phones. */
  phones: PhoneCounts | undefined;
};

/**
 * Returns whether a policy meets its objective. `never`: no phone has a backup, but none can be late yet. `unscheduled`: the
 * policy has no schedule. When nothing is known of its phones, the last completed run counts instead. Pure.
 */
export function judge(basis: Basis, { freshness, goodAt }: Known, now: number): Judgement {
  const limit = limitOf(basis, now);
  const phones = freshness && countPhones(freshness, limit);
  const found = { limit, phones };
  if (basis.rule === undefined) return { state: 'unscheduled', ...found };
  // With nothing but unknown phones, the runs say more.
  if (phones === undefined || (phones.counted === 0 && phones.unknown > 0)) {
    if (limit !== undefined && (goodAt ?? 0) < limit) return { state: 'stale', ...found };
    return { state: goodAt === undefined ? 'never' : 'fresh', ...found };
  }
  if (limit !== undefined) {
    return { state: isMissed(phones, basis.objective) ? 'stale' : 'fresh', ...found };
  }
  return { state: phones.fresh === 0 && phones.never > 0 ? 'never' : 'fresh', ...found };
}

/** Returns whether too few phones are fresh. */
function isMissed({ counted, fresh }: PhoneCounts, objective: Policy['objective']): boolean {
  if (counted === 0) return false;
  return fresh === 0 || counted - fresh > allowedLate(counted, objective);
}

/** Returns how many phones may be late: the objective's share, and one at least unless it is 100%. */
function allowedLate(counted: number, { phones }: Policy['objective']): number {
  if (phones === 100) return 0;
  // The small number makes up for binary fractions, as in 99.9%.
  return Math.max(1, Math.floor((counted * (100 - phones)) / 100 + 1e-9));
}

/** Returns the time (epoch ms) of the oldest archives that are not late at `now`; undefined while none can be late. */
function limitOf({ rule, deadline, objective, from }: Basis, now: number): number | undefined {
  const { max_age } = objective;
  if (rule === undefined) return max_age === undefined ? undefined : now - max_age;
  const last = newestEndedSlot(rule, { deadline, from }, now);
  if (last === undefined) return undefined;
  if (max_age === undefined) return newestSlotUpTo(rule, from, last - 1);
  return now - max_age < from ? undefined : now - max_age;
}

/**
 * Returns when the objective will be missed, or no phone be fresh, if no run ends before (epoch ms); undefined when only the
 * end of a slot can change that. Pure.
 */
export function missedAt(
  { objective, from }: Pick<Basis, 'objective' | 'from'>,
  freshness: Freshness | undefined,
  now: number,
): number | undefined {
  const { max_age } = objective;
  if (max_age === undefined || freshness === undefined) return undefined;
  const { counted, never } = countPhones(freshness, undefined);
  const allowed = allowedLate(counted, objective);
  let late = never;
  const crossings = freshness.verified.flatMap(([time, count]) => {
    const before = late;
    late += count;
    const isCrossing = (before <= allowed && late > allowed) || late === counted;
    return isCrossing ? [Math.max(time, from) + max_age + 1] : [];
  });
  return crossings.find((time) => time > now);
}

/**
 * Returns the newest slot whose run must have ended before `now` (epoch ms): `start_within` and `deadline` have passed.
 * Undefined while there is none.
 */
export function newestEndedSlot(
  rule: Rule,
  { deadline, from }: Pick<Basis, 'deadline' | 'from'>,
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

/** Returns what an active policy is judged by, as schedule last read it; undefined for any other. */
export function basisOf(cursor: Cursor | undefined): Basis | undefined {
  if (cursor === undefined) return undefined;
  const { active, schedule: rule, freshness, paused_until = 0 } = cursor;
  if (!active || rule === undefined || freshness === undefined) return undefined;
  const { deadline, objective, counts_from } = freshness;
  return { rule, deadline, objective, from: Math.max(counts_from, paused_until) };
}

/** Returns what an active policy is judged by, as its file says, which was written at `writtenAt` (epoch ms); undefined for any other. */
export function basisOfFile(
  { enabled, schedule: rule, paused_until, deadline, objective }: Policy,
  writtenAt: number,
): Basis | undefined {
  if (!enabled || rule === undefined) return undefined;
  const pausedUntil = paused_until === undefined ? 0 : Date.parse(paused_until);
  return { rule, deadline, objective, from: Math.max(writtenAt, pausedUntil) };
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
