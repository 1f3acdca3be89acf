import type { EventOf, RunEvent } from './events.ts';
import { addOnce, earliest, latest, moreCertain } from './precedence.ts';
import {
  type Attempt,
  attemptsAt,
  type Deletion,
  neverMissing,
  type Outage,
  type PhoneState,
  type RunState,
} from './run-state.ts';

/**
 * Applies events to the state and returns it. The result does not depend on the order of the events or on repeats. When two
 * events of a type contradict each other, an ended job beats a lost one; otherwise the earliest event wins.
 */
export function fold(state: RunState, events: readonly RunEvent[]): RunState {
  for (const event of events) apply(state, event);
  return state;
}

function apply(state: RunState, event: RunEvent): void {
  switch (event.type) {
    case 'intent':
      for (const attempt of event.attempts) {
        withAttempt(state, attempt, (known) => {
          addIntent(known, event);
          if (attempt.call !== undefined) known.call = attempt.call;
          if (attempt.command !== undefined) known.command = attempt.command;
        });
      }
      return;
    case 'unsent':
      for (const attempt of event.attempts) {
        withAttempt(state, attempt, (known) => known.windows.set(event.window, 'unsent'));
      }
      return;
    case 'postponed':
      addOnce(state.postponed, event);
      for (const attempt of event.attempts) {
        withAttempt(state, attempt, (known) => {
          known.windows.set(event.window, 'unsent');
          known.postponed = latest(known.postponed, event);
        });
      }
      return;
    case 'batch_size_reduced':
      state.reduced = latest(state.reduced, event);
      return;
    case 'unlisted':
      withAttempt(state, event, (known) => addMissing(known.listing, event.at));
      return;
    case 'listed':
      withAttempt(state, event, (known) => addPresent(known.listing, event.at));
      return;
    case 'outage_started':
      addMissing(state.outages[event.to], event.at);
      return;
    case 'outage_ended':
      addPresent(state.outages[event.to], event.at);
      return;
    case 'accepted':
      state.acceptedAt = Math.max(state.acceptedAt, event.at);
      withAttempt(state, event, (known) => addJob(state, known, event));
      return;
    case 'ended':
      withAttempt(state, event, (known) => {
        known.ended = moreCertain(known.ended, event);
        if (event.result === 'succeeded') {
          state.longestExport = Math.max(state.longestExport, event.took ?? 0);
        }
      });
      return;
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
    case 'read':
      withAttempt(state, event, (known) => (known.read = earliest(known.read, event)));
      return;
    case 'read_part':
      withAttempt(state, event, (known) => (known.readPart = latest(known.readPart, event)));
      return;
    case 'read_ended':
      state.readEnded = earliest(state.readEnded, event);
      return;
    case 'ready':
      withPhone(state, event, (known) => {
        known.readyAt = Math.max(known.readyAt ?? event.at, event.at);
      });
      return;
    case 'saved':
      withPhone(state, event, (known) => (known.saved = earliest(known.saved, event)));
      return;
    case 'thawed':
      withPhone(state, event, (known) => (known.thawed = earliest(known.thawed, event)));
      return;
    case 'outcome':
      withPhone(state, event, (known) => (known.outcome = earliest(known.outcome, event)));
      return;
    case 'cancel_seen':
      state.cancelledAt = Math.min(state.cancelledAt ?? event.at, event.at);
      return;
    case 'delete_intent':
      withDeletion(state, event, (known) => (known.intent = earliest(known.intent, event)));
      return;
    case 'superseded_deleted':
      withDeletion(state, event, (known) => (known.deleted = true));
      return;
    case 'delete_refused':
      withDeletion(state, event, (known) => (known.refused = earliest(known.refused, event)));
      return;
    case 'delete_failed':
      addOnce(state.deleteFailures, event);
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
    case 'not_done':
      addNotDone(state, event);
      return;
  }
}

/** Changes the phone of an event. Ignores phones that are not in the plan. */
function withPhone(
  state: RunState,
  event: { phone_id: string },
  change: (known: PhoneState) => void,
): void {
  const known = state.phones.get(event.phone_id);
  if (known === undefined) return;
  change(known);
  state.changed.add(event.phone_id);
}

/** Changes the attempt of an event, and adds the attempt first if it is new. */
function withAttempt(
  state: RunState,
  event: { phone_id: string; attempt: number },
  change: (known: Attempt) => void,
): void {
  withPhone(state, event, (phone) => {
    const attempts = attemptsAt(phone, event.attempt);
    const known = attempts.get(event.attempt) ?? startAttempt(event.attempt);
    attempts.set(event.attempt, known);
    change(known);
  });
}

/** Changes the deletion of an archive. Its attempt, if known, no longer counts as verified. */
function withDeletion(
  state: RunState,
  event: { key: string; phone_id?: string | undefined; attempt?: number | undefined },
  change: (known: Deletion) => void,
): void {
  const known = state.deletions.get(event.key) ?? {};
  state.deletions.set(event.key, known);
  change(known);
  const { phone_id, attempt } = event;
  if (phone_id === undefined || attempt === undefined) return;
  withAttempt(state, { phone_id, attempt }, (superseded) => (superseded.deleted = true));
}

function addNotDone({ notDone }: RunState, event: EventOf<'not_done'>): void {
  const known = notDone.get(event.step) ?? { since: event.at };
  known.since = Math.min(known.since, event.at);
  if (event.final === true) known.final = earliest(known.final, event);
  notDone.set(event.step, known);
}

function startAttempt(number: number): Attempt {
  return { number, windows: new Map(), intentAt: 0, accepted: [], listing: neverMissing() };
}

function addIntent(known: Attempt, { window, at }: EventOf<'intent'>): void {
  if (!known.windows.has(window)) known.windows.set(window, 'open');
  known.intentAt = Math.max(known.intentAt, at);
}

function addJob({ jobsOf }: RunState, known: Attempt, event: EventOf<'accepted'>): void {
  const same = known.accepted.find((other) => other.job_id === event.job_id);
  if (same === undefined) {
    jobsOf.set(event.request_id, (jobsOf.get(event.request_id) ?? 0) + 1);
  }
  const others = known.accepted.filter((other) => other !== same);
  known.accepted = [...others, earliest(same, event)].sort(
    (a, b) => a.at - b.at || (a.job_id < b.job_id ? -1 : 1),
  );
}

function addMissing(outage: Outage, at: number): void {
  outage.missingAt = [...new Set([...outage.missingAt, at])].sort((a, b) => a - b);
}

function addPresent(outage: Outage, at: number): void {
  outage.presentAt = Math.max(outage.presentAt, at);
}
