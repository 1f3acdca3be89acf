import type { Counts, Report, ReportedPhone, RunOutcome } from '../../../ledger/run/report.ts';
import type { Pruned } from '../../../ledger/retention/state.ts';
import type { OldPhone } from '../../../ledger/state/freshness.ts';
import type { Policy } from '../../../policy/schema/schema.ts';
import type { Language } from '../../../meanings/entry.ts';
import type { PhoneCounts } from '../../freshness/summarize.ts';

/** How people read a notification: its language, and the IANA zone of its times. */
export type Locale = { language: Language; timezone: string };

/** A phone and how it ended. Its name is empty where CPH lists none. */
export type EndedPhone = Pick<ReportedPhone, 'phone_id' | 'outcome' | 'reason' | 'code'> & {
  phone_name: string;
};

/**
 * Slots that did not run. `first` and `last` are stamps; without `slots` the policy does not run from `first` on, or phones that an
 * event named at `first` get no first backup.
 */
export type MissedSlots = {
  reason: string;
  first: string;
  last: string;
  slots: number;
  /** At most 50 of the `count` phones. */
  first_backups?: { count: number; phones: UnreadyPhone[] } | undefined;
};

type UnreadyPhone = { phone_id: string; phone_name: string; reason: string };

/** How many archives could not be deleted, and the codes that say why, without repetition. */
type Leftovers = { count: number; codes: string[] };

type ObjectPlace = { bucket: string; key: string };

/** Runs and policies of a day. Lists hold 50 names at most, the counts all. */
export type DailySummary = {
  since: string;
  until: string;
  /** Settled runs, by outcome. */
  runs: Record<RunOutcome, number>;
  /** Runs that are open. */
  open: number;
  /** Policies that have a schedule and are enabled. */
  active: number;
  /** Slots without a run. */
  missed: number;
  stale: string[];
  /** Policies whose last drill failed, or is overdue. */
  drills: string[];
  invalid: string[];
  /** The keys of the objects that cannot be used. */
  unreadable: string[];
};

/** On how many restored phones something was found. `names`: the first ones with leftovers. */
export type RestoreChecks = {
  /** They hold files that their archive lacks. */
  leftovers: number;
  names: string[];
  /** Apps whose data has the uid of another phone. */
  wrong_owners: number;
  /** Something could not be seen. */
  unseen: number;
};

/** How a run ended. Times in epoch ms. */
export type Ended = {
  policy: string;
  run_id: string;
  outcome: RunOutcome;
  counts: Counts;
  report: ObjectPlace;
  /** The slot of a timer, else when it was planned. */
  slot: number;
  started_at: number;
  settled_at: number;
  /** The archives that were written, or restored. */
  bytes: number;
  /** Why a run ended before it started: a code, and a sentence in English. */
  reason?: string | undefined;
  message?: string | undefined;
  /** The first things that the run could not do, with a sentence in English. */
  undone?: { step: string; message: string }[] | undefined;
  /** The phones that were wanted and not exported, or not restored. */
  failed: EndedPhone[];
  skipped: EndedPhone[];
  /** Superseded archives that could not be deleted. */
  leftovers?: Leftovers | undefined;
  /** Archives that are much smaller than those before them: how many, and the ids and names of the first phones. */
  suspects?: { count: number; phones: string[]; names: string[] } | undefined;
  /** Phones on which a command of a hook failed. */
  hooks?: { count: number; names: string[]; commands: string[] } | undefined;
  /** Of restored phones; undefined when nothing was found. */
  checks?: RestoreChecks | undefined;
  /** Servers of the policy that CPH does not know: the first ones, and how many there are. */
  missingServers?: { count: number; first: string[] } | undefined;
};

/** A run, a restore or a drill that has settled. */
export type Settled =
  | ({ kind: 'settled' } & Ended)
  | ({ kind: 'restore' } & Ended)
  | ({ kind: 'drill'; drill: NonNullable<Report['drill']> } & Ended);

/** What people and programs are notified of. Times in epoch ms. */
export type Notification =
  | Settled
  | { kind: 'missed'; policy: string; missed: MissedSlots }
  /** An object of the ledger cannot be read or deleted, or archives of a run cannot be read to their end: `object` is the first. */
  | {
      kind: 'unreadable';
      policy: string | undefined;
      /** The run that rests because of it. */
      run_id: string | undefined;
      object: ObjectPlace;
      code: string;
      message: string;
      hint: string | undefined;
      since: number;
      /** Nothing is backed up before, because of it. */
      held_until?: number | undefined;
      /** How many of those that were read, and the ids and names of the first phones. */
      archives?: { count: number; read: number; phones: string[]; names: string[] };
    }
  /** Too few phones of a policy have a recent backup. */
  | {
      kind: 'stale';
      policy: string;
      /** When that was first found. */
      since: number;
      /** When this message's reason was found: `since`, or later when it became worse. */
      at: number;
      objective: Policy['objective'];
      /** Archives older than this are late. */
      limit: number;
      /** The last completed run of all phones, or since when the policy is active. */
      goodAt: number;
      /** Missing when nothing is known of the phones. */
      phones?: PhoneCounts;
      /** Phones without a recent backup, the oldest first; not always all. */
      late: OldPhone[];
    }
  | { kind: 'recovered'; policy: string; run_id: string; report: ObjectPlace; since: number }
  | { kind: 'credentials'; code: string; since: number }
  /** The retention rules of a policy could not be applied, or not to all archives. `codes`: why the bucket refuses to delete. */
  | { kind: 'prune'; policy: string; pruned: Pruned; codes: string[] }
  /** `date` is the calendar day of the summary: `20260102`. */
  | { kind: 'heartbeat'; date: string; day: DailySummary };
