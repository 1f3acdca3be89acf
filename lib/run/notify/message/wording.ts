import type { Counts, PhoneOutcome, RunOutcome } from '../../../ledger/run/report.ts';
import type { Policy } from '../../../policy/schema/schema.ts';
import type { PhoneCounts } from '../../freshness/summarize.ts';
import type { DailySummary, MissedSlots, Notification } from './notification.ts';

/** An instant on the clock of a zone. */
export type LocalTime = { year: string; month: string; day: string; clock: string; zone: string };

type Objective = Policy['objective'];

/** The wording of notifications in one language. Times are written by `time`; a phrase has no full stop. */
export type Wording = {
  comma: string;
  colon: string;
  /** Between two sentences. */
  space: string;
  sentence(phrase: string): string;
  because(phrase: string, reason: string): string;
  /** Puts codes in brackets behind a phrase. */
  withCodes(phrase: string, codes: string[]): string;
  time(time: LocalTime): string;
  runOutcomes: Record<RunOutcome, string>;
  phoneOutcomes: Record<PhoneOutcome, string>;
  /** What reasons and error codes mean. */
  reasons: Record<string, string>;
  exported(counts: Counts): string;
  /** `minutes`: from the request until the last phone ran. */
  drill(verdict: 'passed' | 'failed', minutes: number | undefined): string;
  /** Archives much smaller than those before them. */
  suspects(count: number): string;
  /** Names the `first` phones of the `count`, and says what to do. */
  suspectAdvice(count: number, first: string[]): string;
  notDeleted(count: number): string;
  /** What archives that could not be deleted cost, and what to do. */
  leftoverAdvice: string;
  /** Servers of the policy that CPH does not know, of which the `first` ones are named, and what to do. */
  missingServers(count: number, first: string[]): string;
  /** A run rests because of an object. */
  quarantined: string;
  /** An object that no run rests because of. */
  unusable: string;
  /** Archives of a run that cannot be read to their end. */
  notReadable(archives: { count: number; read: number }): string;
  missed(slots: Omit<MissedSlots, 'reason'>): string;
  /** New phones that an event named at `since` are not backed up. */
  noFirstBackup(count: number, since: string): string;
  /** Without `max_age` (ms), backups from before `since` are late. */
  stale(phones: PhoneCounts, objective: Objective & { since: string }): string;
  /** A policy has been stale for so long. */
  still(age: Age, phrase: string): string;
  /** A policy is stale, and nothing is known of its phones. */
  noGoodRun(since: string): string;
  recovered: string;
  /** More archives are due than may be deleted at once: none was deleted. */
  tooManyDeletes(due: number, standing: number): string;
  /** The bucket refuses to delete expired archives. */
  keptByBucket(count: number): string;
  /** Last good archives are missing in the bucket, or were changed there. */
  lastGoodMissing(count: number): string;
  /** No expired archive was deleted. */
  notPruned: string;
  credentials(since: string): string;
  /** What to do about a phrase. */
  advice: Partial<Record<Notification['kind'], string>>;
  summary(date: Pick<LocalTime, 'year' | 'month' | 'day'>): string;
  /** What a summary counts, problems first; counts of zero are left out. */
  summaryParts(day: DailySummary): string[];
  summaryLines(day: DailySummary, since: string, until: string): string[];
  policy(name: string): string;
  run(id: string): string;
  result(outcome: RunOutcome): string;
  reason(phrase: string): string;
  phones(counts: Counts): string;
  report(address: string): string;
  notExported: string;
  notRestored: string;
  more(count: number): string;
  noRecentBackup: string;
  /** Undefined for a phone that was never backed up. */
  lastBackup(time: string | undefined): string;
  moreLate(count: number): string;
};

type Age = { count: number; unit: 'minute' | 'hour' | 'day' };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Returns a duration (ms) in whole minutes, hours or days: the largest unit of which there are at least two. */
export function ageOf(ms: number): Age {
  const units = [
    ['day', 24 * HOUR],
    ['hour', HOUR],
  ] as const;
  for (const [unit, size] of units) {
    if (ms % size === 0 && ms >= 2 * size) return { count: ms / size, unit };
  }
  return { count: Math.round(ms / MINUTE), unit: 'minute' };
}

/** Returns how long something has lasted, from `ms`: in hours, from two days on in whole days; undefined below half an hour. */
export function lastsFor(ms: number): Age | undefined {
  const hours = Math.round(ms / HOUR);
  if (hours < 1) return undefined;
  if (hours < 48) return { count: hours, unit: 'hour' };
  return { count: Math.floor(hours / 24), unit: 'day' };
}

/** Writes how many of the phones are fresh, rounded down: `69%`. */
export function freshShare({ fresh, counted }: PhoneCounts): string {
  return `${Math.floor((100 * fresh) / Math.max(counted, 1))}%`;
}

/** Writes a count with separators: `20,000`. */
export function number(count: number): string {
  return count.toLocaleString('en-US');
}
