import { classOfCode, isBusyCode } from '../../cloud/cph/error-codes.ts';
import type { PhoneState } from '../../ledger/run/run-state.ts';
import { type AttemptStatus, statusOf } from './attempt-status.ts';

const MINUTE = 60_000;
const MAX_BUSY_REFUSALS = 20;
const RETRY_AFTER_MS = 15_000;
const BUSY_RETRY_AFTER_MS = MINUTE;
const MAX_PAUSE_MS = 10 * MINUTE;

/** The ended attempts of a phone, summed up. Times in epoch ms. */
export type History = {
  /** Failures that count towards the policy's `retry.attempts`. */
  failed: number;
  lostResponses: number;
  busyRefusals: number;
  lastFailure?: Extract<AttemptStatus, { kind: 'failed' }>;
  lastEnd: number;
  /** The number of the next attempt. */
  next: number;
};

export function startHistory(): History {
  return { failed: 0, lostResponses: 0, busyRefusals: 0, lastEnd: 0, next: 1 };
}

/** Adds the next attempt, in the order of their numbers. */
export function addAttempt(history: History, number: number, status: AttemptStatus): void {
  switch (status.kind) {
    case 'unsent':
      return;
    case 'response_lost':
    case 'outcome_unknown':
      history.lostResponses += 1;
      break;
    case 'failed':
      addFailure(history, status);
      break;
    default:
      break;
  }
  history.next = number + 1;
}

function addFailure(history: History, failure: Extract<AttemptStatus, { kind: 'failed' }>): void {
  const { at, reason, code } = failure;
  // Nothing was exported because of a state that passes, because CPH was busy, or because a job whose response was lost is still
  // running: such a refusal does not count towards `retry.attempts`.
  const kind = code === undefined ? 'final' : classOfCode(code);
  const isPassing = kind === 'wait' || isBusyCode(code ?? '');
  const mayPass = isPassing || (kind === 'retry' && history.lostResponses > 0);
  const isBusy = reason === 'refused' && mayPass;
  if (isBusy && history.busyRefusals < MAX_BUSY_REFUSALS) history.busyRefusals += 1;
  else history.failed += 1;
  history.lastFailure = failure;
  history.lastEnd = Math.max(history.lastEnd, at);
}

/**
 * Returns how many attempts a phone had: those that count towards `retry.attempts`, and those whose response was lost. What was
 * never carried out, because CPH or the phone was busy, is none.
 */
export function countAttempts({ attempts }: Pick<PhoneState, 'attempts'>): number {
  const history = startHistory();
  let sent = 0;
  for (const attempt of [...attempts.values()].sort((a, b) => a.number - b.number)) {
    if (attempt.call === 'command') continue;
    const status = statusOf(attempt);
    if (status.kind !== 'unsent') sent += 1;
    addAttempt(history, attempt.number, status);
  }
  return sent - history.busyRefusals;
}

/** Returns how long to wait after the last attempt before the next (ms). */
export function pauseAfter({ lastFailure, failed, busyRefusals }: History): number {
  if (lastFailure === undefined) return 0;
  if (busyRefusals > 0) {
    return Math.min(BUSY_RETRY_AFTER_MS * 2 ** (busyRefusals - 1), MAX_PAUSE_MS);
  }
  const { code } = lastFailure;
  if (code !== undefined && classOfCode(code) === 'wait') return BUSY_RETRY_AFTER_MS;
  return RETRY_AFTER_MS * 2 ** (failed - 1);
}
