import type { EventOf, RunEvent } from './events.ts';
import type { PlannedPhone } from './plan.ts';

/** One export of one phone under one key. Facts only; what they mean is decided in `run/`. */
export type Attempt = {
  number: number;
  /** Window -> whether it was closed as never carried out. */
  windows: Map<string, 'open' | 'unsent'>;
  intentAt: number;
  accepted: EventOf<'accepted'>[];
  refused?: EventOf<'refused'>;
  unknown?: EventOf<'outcome_unknown'>;
  ended?: EventOf<'ended'>;
  /** Whether the job is in the lists that it should be in. */
  listing: Outage;
  absent?: EventOf<'absent'>;
  rejected?: EventOf<'archive_rejected'>;
  verified?: EventOf<'verified'>;
  /** Its archive is deleted, or will be. */
  deleted?: true;
};

export type PhoneState = {
  planned: PlannedPhone;
  readyAt?: number;
  attempts: Map<number, Attempt>;
  outcome?: EventOf<'outcome'>;
};

/** Times (epoch ms) at which something was missed, and the last at which it was there. */
export type Outage = { missed: number[]; seenAt: number };

export type RunState = {
  phones: Map<string, PhoneState>;
  cancelledAt?: number;
  /** The last call that was cut, and the last phone that was accepted. */
  cut?: EventOf<'batch_size_reduced'>;
  acceptedAt: number;
  /** Of those that ended well, in ms; 0 while none is known. */
  longestExport: number;
  outages: { jobs: Outage; archives: Outage };
  deleted: Set<string>;
  notified?: EventOf<'notified'>;
  notifyFailures: EventOf<'notify_failed'>[];
  failures: EventOf<'step_failed'>[];
};

/** The state of a run of which nothing has happened yet. */
export function startState(phones: PlannedPhone[]): RunState {
  return {
    phones: new Map(phones.map((planned) => [planned.phone_id, { planned, attempts: new Map() }])),
    acceptedAt: 0,
    longestExport: 0,
    outages: { jobs: unmissed(), archives: unmissed() },
    deleted: new Set(),
    notifyFailures: [],
    failures: [],
  };
}

/**
 * Takes events into the state. The result is the same whatever their order and however often each comes:
 * facts add up, and where two of a kind contradict, the one that knows more stands (an archive over an end,
 * an end with a result over a lost job, the earliest otherwise).
 */
export function fold(state: RunState, events: readonly RunEvent[]): RunState {
  for (const event of events) apply(state, event);
  return state;
}

function apply(state: RunState, event: RunEvent): void {
  switch (event.type) {
    case 'intent':
      for (const { phone_id, attempt: number } of event.attempts) {
        const attempt = attemptOf(state, phone_id, number);
        if (attempt === undefined) continue;
        if (!attempt.windows.has(event.window)) attempt.windows.set(event.window, 'open');
        attempt.intentAt = Math.max(attempt.intentAt, event.at);
      }
      return;
    case 'unsent':
      for (const { phone_id, attempt: number } of event.attempts) {
        attemptOf(state, phone_id, number)?.windows.set(event.window, 'unsent');
      }
      return;
    case 'batch_size_reduced':
      if (state.cut === undefined || isBefore(state.cut, event)) state.cut = event;
      return;
    case 'unlisted':
      withAttempt(state, event, (known) => miss(known.listing, event.at));
      return;
    case 'listed':
      withAttempt(state, event, (known) => see(known.listing, event.at));
      return;
    case 'outage_started':
      miss(state.outages[event.to], event.at);
      return;
    case 'outage_ended':
      see(state.outages[event.to], event.at);
      return;
    case 'accepted':
      state.acceptedAt = Math.max(state.acceptedAt, event.at);
      withAttempt(state, event, (known) => (known.accepted = withJob(known.accepted, event)));
      return;
    case 'ended': {
      const attempt = attemptOf(state, event.phone_id, event.attempt);
      if (attempt === undefined) return;
      attempt.ended = stronger(attempt.ended, event);
      if (event.result === 'succeeded') {
        state.longestExport = Math.max(state.longestExport, event.took ?? 0);
      }
      return;
    }
    case 'refused':
      withAttempt(state, event, (known) => (known.refused = earliest(known.refused, event)));
      return;
    case 'outcome_unknown':
      withAttempt(state, event, (known) => (known.unknown = earliest(known.unknown, event)));
      return;
    case 'absent':
      withAttempt(state, event, (known) => (known.absent = earliest(known.absent, event)));
      return;
    case 'archive_rejected':
      withAttempt(state, event, (known) => (known.rejected = earliest(known.rejected, event)));
      return;
    case 'verified':
      withAttempt(state, event, (known) => (known.verified = earliest(known.verified, event)));
      return;
    case 'ready': {
      const phone = state.phones.get(event.phone_id);
      if (phone !== undefined) phone.readyAt = Math.max(phone.readyAt ?? event.at, event.at);
      return;
    }
    case 'outcome': {
      const phone = state.phones.get(event.phone_id);
      if (phone !== undefined) phone.outcome = earliest(phone.outcome, event);
      return;
    }
    case 'cancel_seen':
      state.cancelledAt = Math.min(state.cancelledAt ?? event.at, event.at);
      return;
    case 'superseded_deleted':
      state.deleted.add(event.key);
      if (event.phone_id !== undefined && event.attempt !== undefined) {
        const attempt = attemptOf(state, event.phone_id, event.attempt);
        if (attempt !== undefined) attempt.deleted = true;
      }
      return;
    case 'notified':
      state.notified = earliest(state.notified, event);
      return;
    case 'notify_failed':
      addOnce(state.notifyFailures, event);
      return;
    case 'step_failed':
      addOnce(state.failures, event);
      return;
  }
}

function attemptOf(state: RunState, phoneId: string, number: number): Attempt | undefined {
  const phone = state.phones.get(phoneId);
  if (phone === undefined) return undefined;
  let attempt = phone.attempts.get(number);
  if (attempt === undefined) {
    attempt = { number, windows: new Map(), intentAt: 0, accepted: [], listing: unmissed() };
    phone.attempts.set(number, attempt);
  }
  return attempt;
}

function withAttempt(
  state: RunState,
  event: { phone_id: string; attempt: number },
  change: (known: Attempt) => void,
): void {
  const known = attemptOf(state, event.phone_id, event.attempt);
  if (known !== undefined) change(known);
}

function withJob(known: EventOf<'accepted'>[], event: EventOf<'accepted'>): EventOf<'accepted'>[] {
  const same = known.find((other) => other.job_id === event.job_id);
  const others = known.filter((other) => other !== same);
  return [...others, earliest(same, event)].sort(
    (a, b) => a.at - b.at || (a.job_id < b.job_id ? -1 : 1),
  );
}

const unmissed = (): Outage => ({ missed: [], seenAt: 0 });

function miss(outages: Outage, at: number): void {
  outages.missed = [...new Set([...outages.missed, at])].sort((a, b) => a - b);
}

function see(outages: Outage, at: number): void {
  outages.seenAt = Math.max(outages.seenAt, at);
}

/** Since when (epoch ms) it has been missing; undefined while it is not. */
export function missingSince({ missed, seenAt }: Outage): number | undefined {
  return missed.find((at) => at > seenAt);
}

const strength = { lost: 0, failed: 1, succeeded: 2 } as const;

function stronger(known: EventOf<'ended'> | undefined, event: EventOf<'ended'>): EventOf<'ended'> {
  if (known === undefined || strength[event.result] > strength[known.result]) return event;
  return strength[event.result] === strength[known.result] ? earliest(known, event) : known;
}

function earliest<T extends { at: number }>(known: T | undefined, event: T): T {
  return known === undefined || isBefore(event, known) ? event : known;
}

/** Of two that happened in the same millisecond the content decides, so that all readers agree. */
function isBefore<T extends { at: number }>(one: T, other: T): boolean {
  if (one.at !== other.at) return one.at < other.at;
  return JSON.stringify(one) < JSON.stringify(other);
}

function addOnce<T extends { at: number; code: string }>(list: T[], event: T): void {
  const same = list.findIndex((known) => known.at === event.at && known.code === event.code);
  if (same < 0) list.push(event);
  else list[same] = earliest(list[same], event);
  list.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}
