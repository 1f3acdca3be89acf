import type { Counts, PhoneOutcome } from '../../../../ledger/run/report.ts';
import type { Policy } from '../../../../policy/schema/schema.ts';
import type { PhoneCounts } from '../../../freshness/summarize.ts';
import type { DailySummary, Ended, RestoreChecks } from '../notification.ts';

/** An instant on the clock of a zone. */
export type LocalTime = { year: string; month: string; day: string; clock: string; zone: string };

type Objective = Policy['objective'];

/** How many, and the first of them by name. */
type Named = { count: number; first: string[] };

/** The wording of notifications in one language. A phrase has no full stop, a sentence has one. */
export type Wording = {
  comma: string;
  /** Between names. */
  listComma: string;
  semicolon: string;
  colon: string;
  /** Between two sentences. */
  space: string;
  brackets(text: string): string;
  /** Ends a phrase with a full stop. */
  sentence(phrase: string): string;
  /** A time with its day, and its zone unless that is the usual one. */
  time(time: LocalTime): string;
  /** The same without a zone. */
  dayAndClock(time: LocalTime): string;
  /** Stands where other notifications have the name of their policy. */
  restore: string;
  /** Stands behind the time of a restore drill. */
  drill: string;
  andMore(count: number): string;
  otherCauses(causes: number, phones: number): string;
  unknownReason: string;
  /** Before a command: to be called now, or to read more. */
  next: string;
  details: string;

  /** How many phones of a run are backed up, or restored. */
  done(counts: Counts): string;
  noPhones: string;
  /** Of a run that was cancelled first. */
  nothingStarted: string;
  /** How many phones ended so. */
  ended(outcome: PhoneOutcome, count: number): string;
  /** How many phones are so: `1 stopped`. */
  phonesThat(count: number, says: string): string;
  suspects(count: number): string;
  suspectAdvice(named: Named): string;
  /** On how many phones a command of a hook failed. */
  failedHooks(count: number): string;
  hookAdvice(hooks: NonNullable<Ended['hooks']>): string;
  /** What was found on restored phones, a phrase each. */
  checks(found: RestoreChecks): string[];
  checkAdvice(found: RestoreChecks): string[];
  notDeleted(count: number): string;
  leftoverAdvice: string;
  missingServers(count: number): string;
  missingServerAdvice(named: Named): string;
  notDone(phrase: string): string;
  /** The same as a sentence. */
  undone(phrase: string): string;
  slot(time: string): string;
  started(time: string): string;
  /** `took`: how long the run took. */
  finished(time: string, took: string): string;
  run(id: string): string;
  report(address: string): string;
  /** What a service, or Phonevault, said in English. */
  quote(text: string): string;

  missed(slots: { first: string; last: string; slots: number }): string;
  /** New phones that an event named at `since` are not backed up. */
  noFirstBackup(count: number, since: string): string;
  quarantined: string;
  /** Of what an object cannot be used, where no run rests because of it. */
  ledger: string;
  /** Of which archives cannot be used. */
  archives: string;
  notReadable(archives: { count: number; read: number }): string;
  heldUntil(time: string): string;
  since(time: string): string;
  object(address: string): string;
  stale: string;
  /** Without `max_age` (ms), backups from before `since` are late. */
  late(phones: PhoneCounts, objective: Objective & { since: string }): string;
  share(phones: PhoneCounts, objective: Objective): string;
  /** How long a policy has been stale. */
  forTime(age: string): string;
  noGoodRun(since: string): string;
  lastBackup(time: string | undefined): string;
  recovered: string;
  upToDate: string;
  staleSince(time: string): string;
  credentials(since: string): string;
  nothingRuns: string;
  retention: string;
  tooManyDeletes(due: number, standing: number): string;
  keptByBucket(count: number): string;
  lastGoodMissing(count: number): string;
  notPruned(reason: string): string;
  backupsGoOn: string;
  summary(date: Pick<LocalTime, 'year' | 'month' | 'day'>): string;
  /** What a summary counts, problems first; counts of zero are left out. */
  summaryParts(day: DailySummary): string[];
  summaryLines(day: DailySummary, since: string, until: string): string[];
};

const HOUR = 60 * 60_000;

/** Returns how long something has lasted (ms), to be written: whole hours, from two days on whole days; undefined below half an hour. */
export function lastsFor(ms: number): number | undefined {
  const hours = Math.round(ms / HOUR);
  if (hours < 1) return undefined;
  return (hours < 48 ? hours : Math.floor(hours / 24) * 24) * HOUR;
}

/** Writes how many of the phones are fresh, rounded down: `69%`. */
export function freshShare({ fresh, counted }: PhoneCounts): string {
  return `${Math.floor((100 * fresh) / Math.max(counted, 1))}%`;
}
