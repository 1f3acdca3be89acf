import type { RetainedArchive, RetentionRules } from '../../../../lib/policy/retention/archive.ts';
import { judge, type Terms } from '../../../../lib/policy/retention/judge.ts';
import { periodsIn } from '../../../../lib/policy/retention/periods.ts';

export const DAY = 86_400_000;

export const at = (text: string): number => Date.parse(text);

/** Returns an archive of a time: epoch ms, or a date, at 02:30 UTC. */
export function archive(time: string | number, more: Partial<RetainedArchive> = {}) {
  const ms = typeof time === 'number' ? time : at(time.includes('T') ? time : `${time}T02:30:00Z`);
  return { time: ms, verified_at: ms, includes: 'a', ...more };
}

/** Returns as many nightly archives, from a date on. */
export function nights(from: string, count: number): RetainedArchive[] {
  const first = archive(from).time;
  return Array.from({ length: count }, (_, night) => archive(first + night * DAY));
}

export function terms(rules: Partial<RetentionRules>, more: Partial<Terms> = {}): Terms {
  const all = { manual: false, max_delete: 20, ...rules };
  const now = more.now ?? at('2026-12-01T00:00:00Z');
  return { rules: all, now, includes: 'a', periodsOf: periodsIn(rules.timezone ?? 'UTC'), ...more };
}

/** Judges archives an hour after the newest one, and returns the times of those that are kept, oldest first. */
export function keptTimes(
  archives: readonly RetainedArchive[],
  rules: Partial<RetentionRules>,
  more: Partial<Terms> = {},
): string[] {
  const newest = Math.max(...archives.map(({ time }) => time));
  return judge(archives, terms(rules, { now: newest + 3_600_000, ...more }))
    .flatMap((verdict) => (verdict.keep ? [new Date(verdict.archive.time).toISOString()] : []))
    .reverse();
}

/** Like `keptTimes`, by date only. */
export const keptDates = (...args: Parameters<typeof keptTimes>): string[] =>
  keptTimes(...args).map((time) => time.slice(0, 10));
