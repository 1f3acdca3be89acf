import { expect, test } from 'vitest';
import type { RetainedArchive, RetentionRules } from '../../../lib/policy/retention/archive.ts';
import { judge } from '../../../lib/policy/retention/judge.ts';
import { archive, at, DAY, terms } from './support/archives.ts';

const NIGHTS = 3_653;
const FIRST = at('2026-01-01T02:30:00Z');

/** Days, Mondays, months and years in UTC. */
const PERIODS: [keyof RetentionRules, (time: number) => string][] = [
  ['max_backups', (time) => String(time)],
  ['day_backups', (time) => new Date(time).toISOString().slice(0, 10)],
  ['week_backups', (time) => String(Math.floor((time / DAY + 3) / 7))],
  ['month_backups', (time) => new Date(time).toISOString().slice(0, 7)],
  ['year_backups', (time) => new Date(time).toISOString().slice(0, 4)],
];

/**
 * Returns what `restic forget` keeps: it walks from the newest on, and each rule keeps the first of a period as long as its count
 * lasts. restic also keeps the oldest one while a count lasts, which CBR does not.
 */
function restic(times: readonly number[], rules: Partial<RetentionRules>): number[] {
  const buckets = PERIODS.map(([rule, nameOf]) => {
    return { left: Number(rules[rule] ?? 0), last: '', nameOf };
  });
  const newestFirst = [...times].sort((a, b) => b - a);
  return newestFirst.filter((time) => {
    let isKept = false;
    for (const bucket of buckets) {
      const name = bucket.nameOf(time);
      if (bucket.left === 0 || name === bucket.last) continue;
      bucket.left -= 1;
      bucket.last = name;
      isKept = true;
    }
    return isKept;
  });
}

test.each<Partial<RetentionRules>>([
  { max_backups: 3, day_backups: 7, week_backups: 4, month_backups: 12, year_backups: 10 },
  { day_backups: 14, month_backups: 6 },
  { week_backups: 8, year_backups: 3 },
  { max_backups: 2 },
])('ten years of nights under %j end every night as restic forget would', (rules) => {
  const own = terms(rules);
  let kept: RetainedArchive[] = [];
  let other: number[] = [];
  let most = 0;
  for (let night = 0; night < NIGHTS; night += 1) {
    const time = FIRST + night * DAY;
    // Three nights in a hundred fail.
    if ((night * 37) % 100 < 3) continue;
    const verdicts = judge([...kept, archive(time)], { ...own, now: time + 3_600_000 });
    kept = verdicts.flatMap((verdict) => (verdict.keep ? [verdict.archive] : []));
    other = restic([...other, time], rules);
    most = Math.max(most, kept.length);
    const times = kept.map((one) => one.time).sort((a, b) => b - a);
    if (times.join() !== other.join()) expect(times, `night ${night}`).toEqual(other);
  }
  const counts = Object.values(rules).reduce<number>((sum, count) => sum + Number(count), 0);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(counts);
});
