import type { PhoneState, Try } from '../ledger/fold.ts';
import type { Terms } from '../ledger/plan.ts';
import type { PhoneOutcome } from '../ledger/report.ts';
import { classify } from './codes.ts';

const MINUTE = 60_000;
/** Absence is believed only when a HEAD this long after the first look finds nothing either. */
const SECOND_LOOK_MS = 2 * MINUTE;
/** Lost answers are the service's fault, not the policy's: they have a bound of their own. */
const LOST_ANSWERS_ALLOWED = 3;
const RETRY_AFTER_MS = 15_000;
const STATE_RETRY_AFTER_MS = MINUTE;

/** What holds for a whole run. Times in epoch ms. */
export type RunFacts = {
  terms: Terms;
  startedAt: number;
  cancelledAt?: number | undefined;
  /** How long a key is watched after a lost answer, in ms. */
  watchFor: number;
};

export type Step =
  | {
      kind: 'done';
      outcome: PhoneOutcome;
      reason?: string | undefined;
      code?: string | undefined;
      archive?: Try | undefined;
    }
  | { kind: 'await_state' }
  | { kind: 'submit'; attempt: number; notBefore: number }
  | { kind: 'follow'; attempt: Try }
  | { kind: 'verify'; attempt: Try; notBefore: number }
  | { kind: 'watch'; attempt: Try; until: number };

/** Where one try stands. `since` in epoch ms. */
export type TryStanding =
  | { kind: 'void' }
  | { kind: 'verified' }
  | { kind: 'running'; since: number }
  | { kind: 'unverified' }
  | { kind: 'doubt'; since: number }
  | { kind: 'lost'; at: number }
  | { kind: 'failed'; at: number; code?: string | undefined; reason: string };

/** Reads one try's facts. A window that was opened and never closed leaves its tries in doubt. */
export function standing(attempt: Try): TryStanding {
  const { accepted, refused, ended, worthless, doubtful } = attempt;
  if (attempt.verified !== undefined) return { kind: 'verified' };
  if (worthless?.reason === 'answer_lost') return { kind: 'lost', at: worthless.at };
  if (worthless !== undefined)
    return { kind: 'failed', at: worthless.at, reason: worthless.reason };
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
  if (doubtful !== undefined) return { kind: 'doubt', since: doubtful.at };
  const open = [...attempt.windows.values()].includes('open');
  return open ? { kind: 'doubt', since: attempt.intentAt } : { kind: 'void' };
}

/**
 * The one place that says what happens next to a phone. Pure: what is known of it, the run's terms and the
 * time decide. A phone has at most one living try; a new one gets a number, and so a key, of its own.
 */
export function decide(phone: PhoneState, facts: RunFacts, now: number): Step {
  const tries = [...phone.tries.values()].sort((a, b) => a.number - b.number);
  const standings = tries.map((attempt) => ({ attempt, is: standing(attempt) }));

  const archive = standings.find(({ is }) => is.kind === 'verified')?.attempt;
  if (archive !== undefined) return { kind: 'done', outcome: 'exported', archive };
  if (phone.outcome !== undefined) {
    const { outcome, reason, code } = phone.outcome;
    return { kind: 'done', outcome, reason, code };
  }
  const verdict = phone.planned.verdict;
  if (verdict !== undefined) return { kind: 'done', ...verdict };

  let attempts = 0;
  let lostAnswers = 0;
  let failure: Extract<TryStanding, { kind: 'failed' }> | undefined;
  let lastEnd = 0;
  for (const { attempt, is } of standings) {
    if (is.kind === 'unverified') {
      const absentAt = attempt.absent?.at;
      return {
        kind: 'verify',
        attempt,
        notBefore: absentAt === undefined ? now : absentAt + SECOND_LOOK_MS,
      };
    }
    if (is.kind === 'running') return running(attempt, is.since, facts, now);
    if (is.kind === 'doubt') {
      return {
        kind: 'watch',
        attempt,
        until: Math.min(is.since + facts.watchFor, deadline(facts)),
      };
    }
    if (is.kind === 'lost') lostAnswers += 1;
    if (is.kind === 'failed') {
      attempts += 1;
      failure = is;
      lastEnd = Math.max(lastEnd, is.at);
    }
  }

  const next =
    1 +
    Math.max(
      0,
      ...standings.filter(({ is }) => is.kind !== 'void').map(({ attempt }) => attempt.number),
    );
  return withoutLivingTry(phone, facts, now, { attempts, lostAnswers, failure, lastEnd, next });
}

function running(attempt: Try, since: number, facts: RunFacts, now: number): Step {
  if (now >= since + facts.terms.export_timeout) {
    return { kind: 'done', outcome: 'timed_out', reason: 'export_timeout' };
  }
  if (now >= deadline(facts)) return { kind: 'done', outcome: 'timed_out', reason: 'deadline' };
  return { kind: 'follow', attempt };
}

type History = {
  attempts: number;
  lostAnswers: number;
  failure: Extract<TryStanding, { kind: 'failed' }> | undefined;
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
  if (phone.planned.waiting === true && phone.readyAt === undefined) return { kind: 'await_state' };
  return { kind: 'submit', attempt: past.next, notBefore: past.lastEnd + pause(past) };
}

function pause({ failure, attempts }: History): number {
  if (failure === undefined) return 0;
  if (failure.code !== undefined && classify(failure.code) === 'wait') return STATE_RETRY_AFTER_MS;
  return RETRY_AFTER_MS * 2 ** (attempts - 1);
}

function isHopeless(code: string): boolean {
  const kind = classify(code);
  return kind === 'final' || kind === 'stop';
}

/** When the run's time is up (epoch ms). */
function deadline(facts: RunFacts): number {
  return facts.startedAt + facts.terms.deadline;
}

/** True while a job of this phone may be running at CPH, for all that is known. */
export function isBusy(phone: PhoneState): boolean {
  for (const attempt of phone.tries.values()) {
    const { kind } = standing(attempt);
    if (kind === 'running' || kind === 'doubt') return true;
  }
  return false;
}
