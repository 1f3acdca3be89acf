import type {
  DeleteReason,
  KeepReason,
  RetainedArchive,
  RetentionRules,
  Verdict,
} from './archive.ts';
import { lastGood, type Present } from './last-good.ts';
import { periods, type PeriodsOf } from './periods.ts';

const DAY = 86_400_000;
const RULES = [
  ...(['retention_duration_days', 'max_backups', 'day_backups'] as const),
  ...(['week_backups', 'month_backups', 'year_backups'] as const),
];

/** The rules, the present, and the periods of the rules' time zone. */
export type Terms = Present & { rules: RetentionRules; periodsOf: PeriodsOf };

/** Leftovers are not deleted before: somebody may look at them. */
const GRACE_MS = 7 * DAY;

/**
 * Returns what is to become of the archives of one phone and policy, newest first. Pure. Without any rule all are kept. Archives that are dated in the future,
 * and those of runs by hand unless the rules cover them, take no place in a count. Exports before a restore are counted apart. Leftovers are due a week after their run started, while
 * the phone has a good archive; until then they are kept without a reason.
 */
export function judge<T extends RetainedArchive>(
  archives: readonly T[],
  terms: Terms,
): Verdict<T>[] {
  const { rules, now } = terms;
  const sorted = [...archives].sort((a, b) => b.time - a.time || b.verified_at - a.verified_at);
  const backups = sorted.filter((archive) => leftoverOf(archive) === undefined);
  const isOutside = ({ time, manual }: T): boolean =>
    time > now || (manual === true && !rules.manual);
  const counted = backups.filter((archive) => !isOutside(archive));
  const isApart = ({ beforeRestore }: T): boolean => beforeRestore === true;
  const byRule = new Map([
    ...ruled(
      counted.filter((archive) => !isApart(archive)),
      terms,
    ),
    ...ruled(counted.filter(isApart), terms),
  ]);
  const good = lastGood(backups, terms);
  const isAge = rules.retention_duration_days !== undefined;
  const isRuled = RULES.some((rule) => rules[rule] !== undefined);
  return sorted.map((archive) => {
    const reasons = [...(byRule.get(archive) ?? [])];
    if (good.has(archive)) reasons.push('last_good');
    addProtections(reasons, archive, terms);
    const leftover = leftoverOf(archive);
    const isEarly = leftover !== undefined && (good.size === 0 || now < archive.time + GRACE_MS);
    if (isEarly) return { archive, keep: true, reasons };
    // The bucket decides only about what would be deleted.
    if (archive.locked === true && reasons.length === 0) reasons.push('locked');
    if (reasons.length > 0 || !isRuled) return { archive, keep: true, reasons };
    return { archive, keep: false, reasons: [leftover ?? (isAge ? 'expired' : 'over_count')] };
  });
}

/** Adds why an archive is kept whatever the rules say. */
function addProtections(
  reasons: KeepReason[],
  { time, pinned, inUse, manual }: RetainedArchive,
  { rules, now }: Terms,
): void {
  if (pinned === true) reasons.push('pinned');
  if (inUse === true) reasons.push('in_use');
  if (time > now) reasons.push('future');
  if (manual === true && !rules.manual) reasons.push('manual');
}

function leftoverOf({ superseded, orphaned }: RetainedArchive): DeleteReason | undefined {
  if (superseded === true) return 'superseded';
  return orphaned === true ? 'orphaned' : undefined;
}

/** Returns the archives that the rules keep, each with its reasons. `archives`: newest first. */
function ruled<T extends RetainedArchive>(
  archives: readonly T[],
  { rules, now, periodsOf }: Terms,
): Map<T, KeepReason[]> {
  const kept = new Map<T, KeepReason[]>();
  const keep = (archive: T, reason: KeepReason): void => {
    const reasons = kept.get(archive);
    if (reasons === undefined) kept.set(archive, [reason]);
    else reasons.push(reason);
  };
  const { retention_duration_days: days, max_backups: max = 0 } = rules;
  const isRecent = ({ time }: T): boolean => days !== undefined && now - time <= days * DAY;
  for (const archive of archives.filter(isRecent)) keep(archive, 'newest');
  for (const archive of archives.slice(0, max)) keep(archive, 'newest');
  for (const period of periods) {
    const wanted = rules[`${period}_backups`] ?? 0;
    let last: number | undefined;
    let count = 0;
    for (const archive of archives) {
      if (count === wanted) break;
      const own = periodsOf(archive.time)[period];
      if (own === last) continue;
      last = own;
      count += 1;
      keep(archive, period);
    }
  }
  return kept;
}
