import { classOfCode, isAboutState } from '../../../cloud/cph/error-codes.ts';
import type { Call } from '../../../ledger/run/events.ts';
import type { Attempt, PhoneState } from '../../../ledger/run/run-state.ts';
import type { RestoreTerms, Terms } from '../../../ledger/run/plan.ts';
import type { PhoneOutcome } from '../../../ledger/run/report.ts';
import { addAttempt, type History, pauseAfter, startHistory } from '../attempt-history.ts';
import { type AttemptStatus, statusOf } from '../attempt-status.ts';

const MINUTE = 60_000;
/** An archive counts as missing only when a HEAD this long after the first lookup does not find it either. */
export const RECHECK_AFTER_MS = 2 * MINUTE;
/** Lost responses do not count as the policy's attempts. */
export const MAX_LOST_RESPONSES = 3;
/** A job or archive is given up only after lookups have failed, and it has been overdue, for this long. */
export const OUTAGE_GRACE_MS = 30 * MINUTE;

/** The facts of a run that decide its phones' steps. Times in epoch ms. */
export type RunFacts = {
  terms: Terms;
  /** Of a restore. */
  restore?: RestoreTerms | undefined;
  startedAt: number;
  cancelledAt?: number | undefined;
  /** How long an archive's key is watched after a lost response, in ms. */
  watchMs: number;
  /** The last call of the run that was postponed, when CPH has accepted none since. */
  postponed?: { at: number; code: string } | undefined;
  /** Since when lookups of the jobs or the archives have failed. */
  outageSince?: { jobs: number | undefined; archives: number | undefined };
};

/** Times in epoch ms. */
export type Step =
  | {
      kind: 'done';
      outcome: PhoneOutcome;
      reason?: string | undefined;
      code?: string | undefined;
      archive?: Attempt | undefined;
      /** Of a restored phone: from the first call until it ran again, in ms. */
      took?: number | undefined;
    }
  /** A phone that is still in a transient state at `until` is skipped, or timed out after its restart. */
  | { kind: 'await_state'; until: number; restarted?: true }
  /** Its archive is cold, and becomes readable. */
  | { kind: 'await_thaw' }
  /** Its export before the restore is under way. */
  | { kind: 'await_export' }
  /** `call`: undefined for an export. */
  | { kind: 'submit'; attempt: number; notBefore: number; call?: Call; command?: string }
  /** `overdue`: the next poll that finds the job still running ends it as timed out, for this reason. */
  | { kind: 'poll'; attempt: Attempt; overdue?: Overdue }
  | { kind: 'verify'; attempt: Attempt; notBefore: number }
  | { kind: 'watch'; attempt: Attempt; until: number };

export type Overdue = 'export_timeout' | 'deadline' | 'restore_timeout' | 'restart_timeout';

/**
 * Decides what happens next to a phone, from its attempts, the facts of its run and the time. A phone has at most one attempt
 * under way; each new attempt has its own number, and with it its own key. Pure.
 */
export function nextStep(phone: PhoneState, facts: RunFacts, now: number): Step {
  const attempts = byNumber(phone.attempts);
  const outcome = knownOutcome(phone, attempts);
  if (outcome !== undefined) return outcome;

  const history = startHistory();
  for (const attempt of attempts) {
    const status = statusOf(attempt);
    const step = stepOfAttempt(attempt, status, facts, now);
    if (step !== undefined) return step;
    addAttempt(history, attempt.number, status);
  }
  return stepWithoutAttempt(phone, facts, history, now);
}

/** Sorts only when there are several: most phones have one attempt, and this runs for every phone of a fleet. */
export function byNumber(attempts: PhoneState['attempts']): Attempt[] {
  const all = [...attempts.values()];
  return all.length < 2 ? all : all.sort((a, b) => a.number - b.number);
}

function knownOutcome({ planned, outcome }: PhoneState, attempts: Attempt[]): Step | undefined {
  const archive = attempts.find(({ verified, deleted }) => verified !== undefined && !deleted);
  if (archive !== undefined) return { kind: 'done', outcome: 'exported', archive };
  if (outcome !== undefined) {
    const { reason, code } = outcome;
    return { kind: 'done', outcome: outcome.outcome, reason, code };
  }
  return planned.verdict && { kind: 'done', ...planned.verdict };
}

/** Returns the step of an attempt that is under way; undefined when the attempt is over. */
function stepOfAttempt(
  attempt: Attempt,
  status: AttemptStatus,
  facts: RunFacts,
  now: number,
): Step | undefined {
  switch (status.kind) {
    case 'running':
      return pollStep(attempt, status.since, facts, now);
    case 'unverified': {
      if (isGivenUp(facts, 'archives', deadlineOf(facts), now)) {
        return { kind: 'done', outcome: 'failed', reason: 'not_verified' };
      }
      const absentAt = attempt.absent?.at;
      const notBefore = absentAt === undefined ? now : absentAt + RECHECK_AFTER_MS;
      return { kind: 'verify', attempt, notBefore };
    }
    case 'outcome_unknown': {
      const until = Math.min(status.since + facts.watchMs, deadlineOf(facts));
      if (isGivenUp(facts, 'archives', until, now)) return undefined;
      return { kind: 'watch', attempt, until };
    }
    default:
      return undefined;
  }
}

function pollStep(attempt: Attempt, since: number, facts: RunFacts, now: number): Step {
  const timeout = since + facts.terms.export_timeout;
  const deadline = deadlineOf(facts);
  const overdue = now >= timeout ? 'export_timeout' : now >= deadline ? 'deadline' : undefined;
  if (overdue === undefined) return { kind: 'poll', attempt };
  if (isGivenUp(facts, 'jobs', Math.min(timeout, deadline), now)) {
    return { kind: 'done', outcome: 'timed_out', reason: overdue };
  }
  return { kind: 'poll', attempt, overdue };
}

/** Returns whether lookups have failed for OUTAGE_GRACE_MS, and for as long after `due` (epoch ms). */
export function isGivenUp(
  facts: RunFacts,
  what: 'jobs' | 'archives',
  due: number,
  now: number,
): boolean {
  const since = facts.outageSince?.[what];
  return since !== undefined && now >= Math.max(since, due) + OUTAGE_GRACE_MS;
}

/** Returns the step of a phone without an attempt under way. */
function stepWithoutAttempt(phone: PhoneState, facts: RunFacts, past: History, now: number): Step {
  const { lastFailure } = past;
  if (lastFailure !== undefined) {
    const { reason, code } = lastFailure;
    if (isFinal(lastFailure) || past.failed >= facts.terms.attempts) {
      return { kind: 'done', outcome: 'failed', reason, code };
    }
  }
  const code = lastCode([lastFailure, ...postponedAttempts(phone), facts.postponed]);
  if (past.lostResponses >= MAX_LOST_RESPONSES) {
    return { kind: 'done', outcome: 'failed', reason: 'response_lost' };
  }
  if (facts.cancelledAt !== undefined) {
    return { kind: 'done', outcome: 'cancelled', reason: 'cancelled', code };
  }
  if (now >= deadlineOf(facts)) {
    return { kind: 'done', outcome: 'timed_out', reason: 'deadline', code };
  }
  const waitStart = waitStartOf(phone, facts, lastFailure);
  if (waitStart !== undefined) {
    return { kind: 'await_state', until: waitStart + facts.terms.wait_for_phones };
  }
  return { kind: 'submit', attempt: past.next, notBefore: past.lastEnd + pauseAfter(past) };
}

export const postponedAttempts = ({ attempts }: PhoneState) =>
  [...attempts.values()].map(({ postponed }) => postponed);

/** Returns the code of the last of these. */
export function lastCode(
  causes: readonly ({ at: number; code?: string | undefined } | undefined)[],
): string | undefined {
  let last: { at: number; code?: string | undefined } | undefined;
  for (const cause of causes) {
    if (cause?.code !== undefined && cause.at >= (last?.at ?? 0)) last = cause;
  }
  return last?.code;
}

/** Returns since when the phone has not been running (epoch ms); undefined when it is running. */
export function waitStartOf(
  { planned, readyAt }: PhoneState,
  { startedAt }: RunFacts,
  failure: History['lastFailure'],
): number | undefined {
  const isRefused = failure?.reason === 'refused' && isAboutState(failure.code ?? '');
  if (isRefused && (readyAt ?? 0) < failure.at) return failure.at;
  return planned.waiting === true && readyAt === undefined ? startedAt : undefined;
}

/** Returns whether a retry is useless. An unknown code is final where CPH refused the export, not where its job failed. */
export function isFinal({ reason, code }: NonNullable<History['lastFailure']>): boolean {
  if (code === undefined) return false;
  const kind = classOfCode(code);
  if (kind === 'unknown') return reason === 'refused';
  return kind === 'final' || kind === 'stop';
}

export function deadlineOf(facts: Pick<RunFacts, 'startedAt' | 'terms'>): number {
  return facts.startedAt + facts.terms.deadline;
}
