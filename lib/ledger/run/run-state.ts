import type { Call, EventOf } from './events.ts';
import type { PlannedPhone } from './plan.ts';

/** Attempts from this number on are commands of hooks: exports keep the numbers that are part of their keys. */
export const FIRST_HOOK = 1_001;

/** One export of one phone under one key, or one step of its restore, as recorded in the events. `lib/run/state` decides what follows. */
export type Attempt = {
  number: number;
  /** Undefined: an export. */
  call?: Call;
  /** Of a command: its name. */
  command?: string;
  /** By window: 'unsent' once the log says that CPH never carried the attempt out. */
  windows: Map<string, 'open' | 'unsent'>;
  intentAt: number;
  accepted: EventOf<'accepted'>[];
  refused?: EventOf<'refused'>;
  /** The last call that carried it and was postponed. */
  postponed?: EventOf<'postponed'>;
  unknown?: EventOf<'outcome_unknown'>;
  ended?: EventOf<'ended'>;
  /** When CPH did not list the job. */
  listing: Outage;
  absent?: EventOf<'absent'>;
  rejected?: EventOf<'archive_rejected'>;
  verified?: EventOf<'verified'>;
  /** Its archive was read to the end, or up to a part. */
  read?: EventOf<'read'>;
  readPart?: EventOf<'read_part'>;
  /** Set when its archive is deleted, or will be. */
  deleted?: true;
};

export type PhoneState = {
  planned: PlannedPhone;
  /** In the order of submission, from 0. */
  position: number;
  readyAt?: number;
  /** Of a restore: its export before. */
  saved?: EventOf<'saved'>;
  /** Of a restore: its archive was cold, and is readable. */
  thawed?: EventOf<'thawed'>;
  attempts: Map<number, Attempt>;
  /** Of an export: the commands of its hooks. */
  hooks?: Map<number, Attempt>;
  outcome?: EventOf<'outcome'>;
};

/** Times (epoch ms) at which something was missing, and the last time at which it was present. */
export type Outage = { missingAt: number[]; presentAt: number };

/** What became of a superseded archive; neither `deleted` nor `refused`: its deletion is not known to have happened. */
export type Deletion = {
  intent?: EventOf<'delete_intent'>;
  deleted?: true;
  refused?: EventOf<'delete_refused'>;
};

export type RunState = {
  phones: Map<string, PhoneState>;
  /** Ids of the phones that events have changed. Whoever follows the phones takes them out. */
  changed: Set<string>;
  /** How many jobs each export call started, by its request id. */
  jobsOf: Map<string, number>;
  cancelledAt?: number;
  /** The last reduction of the batch size. */
  reduced?: EventOf<'batch_size_reduced'>;
  /** Every postponed call, oldest first. */
  postponed: EventOf<'postponed'>[];
  /** When CPH last accepted an export (epoch ms). */
  acceptedAt: number;
  /** The longest successful export, in ms; 0 before the first. */
  longestExport: number;
  outages: { jobs: Outage; archives: Outage };
  /** Of superseded archives, by key. */
  deletions: Map<string, Deletion>;
  deleteFailures: EventOf<'delete_failed'>[];
  readEnded?: EventOf<'read_ended'>;
  notified?: EventOf<'notified'>;
  notifyFailures: EventOf<'notify_failed'>[];
  failures: EventOf<'step_failed'>[];
  /** What could not be done, by step: since when (epoch ms), and the event that gave it up. */
  notDone: Map<string, { since: number; final?: EventOf<'not_done'> }>;
};

/** Returns the attempts of a phone among which a number is. */
export function attemptsAt(phone: PhoneState, number: number): Map<number, Attempt> {
  if (number < FIRST_HOOK) return phone.attempts;
  phone.hooks ??= new Map();
  return phone.hooks;
}

/** Returns the attempts of a phone with the commands of its hooks. */
export const allAttempts = ({ attempts, hooks }: PhoneState): Attempt[] =>
  hooks === undefined ? [...attempts.values()] : [...attempts.values(), ...hooks.values()];

/** Returns the state of a run without events. */
export function startState(phones: PlannedPhone[]): RunState {
  return {
    phones: new Map(
      phones.map((planned, position) => [
        planned.phone_id,
        { planned, position, attempts: new Map() },
      ]),
    ),
    changed: new Set(),
    jobsOf: new Map(),
    postponed: [],
    acceptedAt: 0,
    longestExport: 0,
    outages: { jobs: neverMissing(), archives: neverMissing() },
    deletions: new Map(),
    deleteFailures: [],
    notifyFailures: [],
    failures: [],
    notDone: new Map(),
  };
}

export const neverMissing = (): Outage => ({ missingAt: [], presentAt: 0 });

/** Returns since when something has been missing (epoch ms); undefined when it is present. */
export function missingSince({ missingAt, presentAt }: Outage): number | undefined {
  return missingAt.find((at) => at > presentAt);
}
