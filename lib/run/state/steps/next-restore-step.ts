import type { Call } from '../../../ledger/run/events.ts';
import type { RestoreTerms } from '../../../ledger/run/plan.ts';
import type { Attempt, PhoneState } from '../../../ledger/run/run-state.ts';
import { addAttempt, pauseAfter, startHistory } from '../attempt-history.ts';
import { nextNumber, statusOf } from '../attempt-status.ts';
import { commandStep } from '../checks/command-step.ts';
import { CHECK } from '../checks/commands.ts';
import { drillCheck } from '../checks/drill-check.ts';
import { commandsAfter, commandsBefore } from '../checks/next-command.ts';
import {
  byNumber,
  deadlineOf,
  isFinal,
  isGivenUp,
  lastCode,
  MAX_LOST_RESPONSES,
  postponedAttempts,
  type RunFacts,
  type Step,
  waitStartOf,
} from './next-step.ts';

const MINUTE = 60_000;
/** How long a restart or a reset may take. The documents name no time. */
const RESTART_TIMEOUT_MS = 15 * MINUTE;
/** How long a restart whose response was lost is waited for: another one does no harm. */
const RESTART_WATCH_MS = 2 * MINUTE;
/** How long a phone may be in another state after its restart. */
const RUNNING_WITHIN_MS = 15 * MINUTE;

/**
 * Decides what happens next to a phone of a restore: its archive becomes readable, it is exported, the archive is restored, the phone is
 * restarted and waited for. Once its restore may have begun, neither a cancel nor the deadline leaves it without its restart.
 * Each call is an attempt with a number of its own. Pure.
 */
export function nextRestoreStep(phone: PhoneState, facts: RunFacts, now: number): Step {
  const known = phone.outcome ?? phone.planned.verdict;
  if (known !== undefined) {
    const { outcome, reason } = known;
    return { kind: 'done', outcome, reason, code: phone.outcome?.code };
  }
  const attempts = byNumber(phone.attempts);
  for (const stage of stagesOf(phone, attempts, facts)) {
    const step =
      'command' in stage
        ? stepOfCommand(phone, { ...stage, attempts }, facts, now)
        : stepOfCall(phone, { ...stage, attempts }, facts, now);
    if (step !== undefined) return step;
  }
  const end = endStep(phone, attempts, facts);
  const check = facts.restore?.check;
  if (end.kind !== 'done' || check === undefined) return end;
  return checkStep(attempts, { check, end }, now);
}

/** Returns the step of a phone of a drill that runs with its archive: its check, and what came of it. */
function checkStep(
  attempts: Attempt[],
  { check, end }: { check: NonNullable<RestoreTerms['check']>; end: Step },
  now: number,
): Step {
  const next = drillCheck(attempts, check, now);
  if (next.kind === 'passed') return end;
  if (next.kind === 'failed') {
    return { kind: 'done', outcome: 'failed', reason: 'check_failed', code: next.code };
  }
  if (next.step.kind === 'poll') return next.step;
  const attempt = nextNumber(attempts, { call: 'command', command: CHECK });
  return { ...next.step, attempt, call: 'command', command: CHECK };
}

/** What a phone gets, in order: calls that have to succeed, and commands, on which nothing depends. */
function stagesOf(
  phone: PhoneState,
  attempts: Attempt[],
  { restore }: RunFacts,
): ({ call: Call } | { command: string })[] {
  const named = (commands: string[]) => commands.map((command) => ({ command }));
  return [
    ...(restore?.reset_first === true ? [{ call: 'reset' as const }] : []),
    ...named(commandsBefore(phone, restore)),
    { call: 'restore' },
    ...named(commandsAfter(phone, attempts, restore)),
    ...(restore?.restart === true ? [{ call: 'restart' as const }] : []),
  ];
}

/** Returns the step of a command; undefined when it has ended, or is given up. */
function stepOfCommand(
  phone: PhoneState,
  { command, attempts }: { command: string; attempts: Attempt[] },
  facts: RunFacts,
  now: number,
): Step | undefined {
  const step = commandStep(command, attempts, now);
  if (step?.kind !== 'submit') return step;
  const isUntouched = attempts.every((attempt) => !mayHaveActed(attempt));
  const notYet = isUntouched ? stepBefore(phone, facts, now) : undefined;
  if (notYet !== undefined) return notYet;
  const waitStart = waitStartOf(phone, facts, undefined);
  if (waitStart !== undefined) {
    return { kind: 'await_state', until: waitStart + facts.terms.wait_for_phones };
  }
  const attempt = nextNumber(attempts, { call: 'command', command });
  return { ...step, attempt, call: 'command', command };
}

type Stage = { call: Call; attempts: Attempt[] };

/** Returns the step of one call; undefined when it has succeeded. */
function stepOfCall(
  phone: PhoneState,
  { call, attempts }: Stage,
  facts: RunFacts,
  now: number,
): Step | undefined {
  const history = startHistory();
  const own = attempts.filter((attempt) => (attempt.call ?? 'restore') === call);
  if (own.some(hasSucceeded)) return undefined;
  for (const attempt of own) {
    const status = statusOf(attempt);
    if (status.kind === 'running') return pollStep(attempt, status.since, facts, now);
    if (status.kind === 'outcome_unknown') {
      const watchMs =
        call === 'restore' ? facts.watchMs : Math.min(facts.watchMs, RESTART_WATCH_MS);
      const until = status.since + watchMs;
      if (now < until) return { kind: 'watch', attempt, until };
    }
    addAttempt(history, attempt.number, status);
  }
  const { lastFailure, failed, lostResponses } = history;
  if (lastFailure !== undefined && (isFinal(lastFailure) || failed >= facts.terms.attempts)) {
    const reason = lastFailure.reason === 'job_failed' ? `${call}_failed` : lastFailure.reason;
    return { kind: 'done', outcome: 'failed', reason, code: lastFailure.code };
  }
  if (lostResponses >= MAX_LOST_RESPONSES) {
    return { kind: 'done', outcome: 'failed', reason: 'response_lost' };
  }
  const isUntouched = attempts.every((attempt) => !mayHaveActed(attempt));
  const notYet = isUntouched ? stepBefore(phone, facts, now) : undefined;
  if (notYet !== undefined) return notYet;
  const waitStart = waitStartOf(phone, facts, lastFailure);
  if (waitStart !== undefined) {
    return { kind: 'await_state', until: waitStart + facts.terms.wait_for_phones };
  }
  const notBefore = history.lastEnd + pauseAfter(history);
  return { kind: 'submit', attempt: nextNumber(attempts, { call }), notBefore, call };
}

/** Returns what comes before the first call that changes the phone; undefined when nothing does. */
function stepBefore(phone: PhoneState, facts: RunFacts, now: number): Step | undefined {
  const { planned, saved, thawed } = phone;
  const isCold = planned.cold === true && thawed === undefined;
  if (facts.cancelledAt !== undefined) {
    return { kind: 'done', outcome: 'cancelled', reason: 'cancelled' };
  }
  if (now >= deadlineOf(facts)) {
    const code = lastCode([...postponedAttempts(phone), facts.postponed]);
    return { kind: 'done', outcome: 'timed_out', reason: isCold ? 'not_thawed' : 'deadline', code };
  }
  // The export comes last: what the phone holds is lost from then on.
  if (isCold) return { kind: 'await_thaw' };
  if (planned.safety_run !== undefined && saved === undefined) return { kind: 'await_export' };
  return undefined;
}

function pollStep(attempt: Attempt, since: number, facts: RunFacts, now: number): Step {
  const isRestore = attempt.call !== 'restart' && attempt.call !== 'reset';
  const due = since + (isRestore ? facts.terms.export_timeout : RESTART_TIMEOUT_MS);
  if (now < due) return { kind: 'poll', attempt };
  const overdue = isRestore ? 'restore_timeout' : 'restart_timeout';
  if (isGivenUp(facts, 'jobs', due, now)) {
    return { kind: 'done', outcome: 'timed_out', reason: overdue };
  }
  return { kind: 'poll', attempt, overdue };
}

/** Returns the step after the last call: the phone is waited for until it runs. */
function endStep(phone: PhoneState, attempts: Attempt[], facts: RunFacts): Step {
  const begun = Math.min(...attempts.filter(mayHaveActed).map(({ intentAt }) => intentAt));
  const ended = Math.max(...attempts.filter(hasSucceeded).map(({ ended }) => ended?.at ?? 0));
  const isRestarted = facts.restore?.restart === true;
  const ranAt = isRestarted ? (phone.readyAt ?? 0) : ended;
  if (ranAt >= ended) return { kind: 'done', outcome: 'restored', took: ranAt - begun };
  const until = ended + RUNNING_WITHIN_MS;
  return { kind: 'await_state', until, restarted: true };
}

const hasSucceeded = ({ ended }: Attempt): boolean => ended?.result === 'succeeded';

/** Returns whether CPH may have carried out an attempt that changes the data of the phone. */
export function mayHaveActed(attempt: Attempt): boolean {
  if (attempt.call === 'command') return false;
  const { kind } = statusOf(attempt);
  return kind !== 'unsent' && !(kind === 'failed' && attempt.refused !== undefined);
}
