import { classOfCode, isAboutState, isBusyCode } from '../../cloud/cph/error-codes.ts';
import type { PhoneState, Attempt } from '../../ledger/run/fold.ts';
import type { Terms } from '../../ledger/run/plan.ts';
import type { PhoneOutcome } from '../../ledger/run/report.ts';

const MINUTE = 60_000;
/** Absence is believed only when a HEAD this long after the first look finds nothing either. */
export const RECHECK_AFTER_MS = 2 * MINUTE;
/** Lost answers are the service's fault, not the policy's: they have a bound of their own. */
const LOST_ANSWERS_ALLOWED = 3;
const HELD_OFF_ALLOWED = 20;
/** How long looks may fail, beyond the time of what is looked for, before it is settled unseen. */
const GRACE_MS = 30 * MINUTE;
const MAX_PAUSE_MS = 10 * MINUTE;
const RETRY_AFTER_MS = 15_000;
const STATE_RETRY_AFTER_MS = MINUTE;

/** What holds for a whole run. Times in epoch ms. */
export type RunFacts = {
  terms: Terms;
  startedAt: number;
  cancelledAt?: number | undefined;
  /** How long a key is watched after a lost response, in ms. */
  watchMs: number;
  /** Since when looks at the jobs or the archives have failed. */
  outageSince?: { jobs: number | undefined; archives: number | undefined };
};

export type Step =
  | {
      kind: 'done';
      outcome: PhoneOutcome;
      reason?: string | undefined;
      code?: string | undefined;
      archive?: Attempt | undefined;
    }
  /** `until`: then its state ends it, if that is still a passing one (epoch ms). */
  | { kind: 'await_state'; until: number }
  | { kind: 'submit'; attempt: number; notBefore: number }
  /** `overdue`: its time is up; one more look, and it is timed out for that reason. */
  | { kind: 'follow'; attempt: Attempt; overdue?: 'export_timeout' | 'deadline' }
  | { kind: 'verify'; attempt: Attempt; notBefore: number }
  | { kind: 'watch'; attempt: Attempt; until: number };

/** Where one try stands. `since` in epoch ms. */
export type AttemptStatus =
  | { kind: 'void' }
  | { kind: 'verified' }
  | { kind: 'running'; since: number }
  | { kind: 'unverified' }
  | { kind: 'doubt'; since: number }
  | { kind: 'lost'; at: number }
  | { kind: 'failed'; at: number; code?: string | undefined; reason: string };

/** Reads one try's facts. A window that was opened and never closed leaves its tries in doubt. */
export function statusOf(attempt: Attempt): AttemptStatus {
  const { accepted, refused, ended, rejected, unknown } = attempt;
  if (attempt.verified !== undefined) {
    if (attempt.deleted !== true) return { kind: 'verified' };
    return { kind: 'failed', at: attempt.verified.at, reason: 'superseded' };
  }
  if (rejected?.reason === 'answer_lost') return { kind: 'lost', at: rejected.at };
  if (rejected !== undefined) return { kind: 'failed', at: rejected.at, reason: rejected.reason };
  const first = accepted[0];
  if (first !== undefined) {
    if (ended === undefined) return { kind: 'running', since: first.at };
    if (ended.result === 'succeeded') return { kind: 'unverified' };
    if (ended.result === 'lost') return { kind: 'doubt', since: ended.at };
    return { kind: 'failed', at: ended.at, code: ended.code, reason: 'job_failed' };
  }
  if (refused !== undefined) {
    return { kind: 'failed', at: refused.at, code: refused.code, reason: 'refused' };
  }
  if (unknown !== undefined) return { kind: 'doubt', since: unknown.at };
  const open = [...attempt.windows.values()].includes('open');
  return open ? { kind: 'doubt', since: attempt.intentAt } : { kind: 'void' };
}

/**
 * The one place that says what happens next to a phone. Pure: what is known of it, the run's terms and the
 * time decide. A phone has at most one living try; a new one gets a number, and so a key, of its own.
 */
export function nextStep(phone: PhoneState, facts: RunFacts, now: number): Step {
  const all = inOrder(phone.attempts);
  const archive = all.find(({ verified, deleted }) => verified !== undefined && deleted !== true);
  if (archive !== undefined) return { kind: 'done', outcome: 'exported', archive };
  if (phone.outcome !== undefined) {
    const { outcome, reason, code } = phone.outcome;
    return { kind: 'done', outcome, reason, code };
  }
  const verdict = phone.planned.verdict;
  if (verdict !== undefined) return { kind: 'done', ...verdict };

  let attempts = 0;
  let lostAnswers = 0;
  let heldOff = 0;
  let failure: Extract<AttemptStatus, { kind: 'failed' }> | undefined;
  let lastEnd = 0;
  let next = 1;
  for (const attempt of all) {
    const is = statusOf(attempt);
    if (is.kind !== 'void') next = attempt.number + 1;
    if (is.kind === 'unverified') {
      const absentAt = attempt.absent?.at;
      if (isUnseen(facts, 'archives', deadline(facts), now)) {
        return { kind: 'done', outcome: 'failed', reason: 'not_verified' };
      }
      const notBefore = absentAt === undefined ? now : absentAt + RECHECK_AFTER_MS;
      return { kind: 'verify', attempt, notBefore };
    }
    if (is.kind === 'running') return running(attempt, is.since, facts, now);
    if (is.kind === 'doubt') {
      const until = Math.min(is.since + facts.watchMs, deadline(facts));
      if (!isUnseen(facts, 'archives', until, now)) return { kind: 'watch', attempt, until };
    }
    if (is.kind === 'lost' || is.kind === 'doubt') lostAnswers += 1;
    if (is.kind === 'failed') {
      // After a lost answer a refusal that may pass tells that its job may still be running: no attempt is lost by it.
      const held = lostAnswers > 0 && is.reason === 'refused' && mayPass(is.code);
      if (held && heldOff < HELD_OFF_ALLOWED) heldOff += 1;
      else attempts += 1;
      failure = is;
      lastEnd = Math.max(lastEnd, is.at);
    }
  }

  const past = { attempts, heldOff, lostAnswers, failure, lastEnd, next };
  return withoutLivingTry(phone, facts, now, past);
}

/** By number: a phone has one try mostly, and this is asked for every phone of a fleet. */
function inOrder(attempts: PhoneState['attempts']): Attempt[] {
  const all = [...attempts.values()];
  return all.length < 2 ? all : all.sort((a, b) => a.number - b.number);
}

function running(attempt: Attempt, since: number, facts: RunFacts, now: number): Step {
  const timeout = since + facts.terms.export_timeout;
  const overdue =
    now >= timeout ? 'export_timeout' : now >= deadline(facts) ? 'deadline' : undefined;
  if (overdue === undefined) return { kind: 'follow', attempt };
  if (isUnseen(facts, 'jobs', Math.min(timeout, deadline(facts)), now)) {
    return { kind: 'done', outcome: 'timed_out', reason: overdue };
  }
  return { kind: 'follow', attempt, overdue };
}

/** True when looks have failed for long, and long beyond `due` (epoch ms). */
function isUnseen(facts: RunFacts, what: 'jobs' | 'archives', due: number, now: number): boolean {
  const since = facts.outageSince?.[what];
  return since !== undefined && now >= Math.max(since, due) + GRACE_MS;
}

type History = {
  attempts: number;
  heldOff: number;
  lostAnswers: number;
  failure: Extract<AttemptStatus, { kind: 'failed' }> | undefined;
  lastEnd: number;
  next: number;
};

function withoutLivingTry(phone: PhoneState, facts: RunFacts, now: number, past: History): Step {
  const { failure } = past;
  if (failure !== undefined) {
    const hopeless = failure.code !== undefined && isHopeless(failure.code);
    if (hopeless || past.attempts >= facts.terms.attempts) {
      return { kind: 'done', outcome: 'failed', reason: failure.reason, code: failure.code };
    }
  }
  if (past.lostAnswers >= LOST_ANSWERS_ALLOWED) {
    return { kind: 'done', outcome: 'failed', reason: 'answers_lost' };
  }
  if (facts.cancelledAt !== undefined) {
    return { kind: 'done', outcome: 'cancelled', reason: 'cancelled', code: failure?.code };
  }
  if (now >= deadline(facts)) {
    return { kind: 'done', outcome: 'timed_out', reason: 'deadline', code: failure?.code };
  }
  const notRunningSince = outOfState(phone, facts, failure);
  if (notRunningSince !== undefined) {
    return { kind: 'await_state', until: notRunningSince + facts.terms.wait_for_phones };
  }
  return { kind: 'submit', attempt: past.next, notBefore: past.lastEnd + pause(past) };
}

/** Since when the phone was last told not to run (epoch ms); undefined once it was seen running after that. */
function outOfState(
  { planned, readyAt }: PhoneState,
  { startedAt }: RunFacts,
  failure: History['failure'],
): number | undefined {
  const refused = failure?.reason === 'refused' && isAboutState(failure.code ?? '');
  if (refused && (readyAt ?? 0) < failure.at) return failure.at;
  return planned.waiting === true && readyAt === undefined ? startedAt : undefined;
}

function pause({ failure, attempts, heldOff }: History): number {
  if (failure === undefined) return 0;
  if (heldOff > 0) return Math.min(STATE_RETRY_AFTER_MS * 2 ** (heldOff - 1), MAX_PAUSE_MS);
  if (failure.code !== undefined && classOfCode(failure.code) === 'wait')
    return STATE_RETRY_AFTER_MS;
  return RETRY_AFTER_MS * 2 ** (attempts - 1);
}

function mayPass(code: string | undefined): boolean {
  return code !== undefined && (classOfCode(code) === 'retry' || classOfCode(code) === 'wait');
}

function isHopeless(code: string): boolean {
  const kind = classOfCode(code);
  return kind === 'final' || kind === 'stop';
}

/**
 * True for a try of which no job is known, but whose archive may come all the same: its answer was lost, or CPH was busy. What
 * keeps CPH busy with a phone may be the first of two copies that the network made of the call.
 */
export function mayStillArrive(attempt: Attempt): boolean {
  const is = statusOf(attempt);
  const isBusy = is.kind === 'failed' && is.reason === 'refused' && isBusyCode(is.code ?? '');
  return is.kind === 'lost' || is.kind === 'doubt' || isBusy;
}

/** When the run's time is up (epoch ms). */
function deadline(facts: RunFacts): number {
  return facts.startedAt + facts.terms.deadline;
}

/**
 * True while a job of this phone may be running at CPH, for all that is known. A job twice as old as an export may
 * become is not waited for any more: it would hold its phone and its place on the server for ever.
 */
export function isBusy(phone: PhoneState, exportTimeout: number, now: number): boolean {
  for (const attempt of phone.attempts.values()) {
    const is = statusOf(attempt);
    if (is.kind === 'running' && now < is.since + 2 * exportTimeout) return true;
    if (is.kind === 'doubt' && now < is.since + exportTimeout) return true;
  }
  return false;
}
