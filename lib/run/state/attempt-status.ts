import { isBusyCode } from '../../cloud/cph/error-codes.ts';
import type { Call } from '../../ledger/run/events.ts';
import type { Attempt, PhoneState } from '../../ledger/run/run-state.ts';

/** How long a command is waited for: it may have to wait for the other jobs of its server. */
export const COMMAND_TIMEOUT_MS = 5 * 60_000;

/** What is known of one attempt. Times in epoch ms. */
export type AttemptStatus =
  | { kind: 'unsent' }
  | { kind: 'running'; since: number }
  /** Its job succeeded; its archive is not verified yet. */
  | { kind: 'unverified' }
  | { kind: 'verified' }
  /** CPH may have started a job for it. */
  | { kind: 'outcome_unknown'; since: number }
  /** Its outcome stayed unknown until the watch for its archive ended. */
  | { kind: 'response_lost'; at: number }
  | { kind: 'failed'; at: number; code?: string | undefined; reason: string };

/** Returns the status of an attempt. A window that was never closed leaves its attempts with an unknown outcome. Pure. */
export function statusOf(attempt: Attempt): AttemptStatus {
  const { accepted, refused, ended, rejected, unknown } = attempt;
  if (attempt.verified !== undefined) {
    if (attempt.deleted !== true) return { kind: 'verified' };
    return { kind: 'failed', at: attempt.verified.at, reason: 'superseded' };
  }
  if (rejected?.reason === 'response_lost') return { kind: 'response_lost', at: rejected.at };
  if (rejected !== undefined) return { kind: 'failed', at: rejected.at, reason: rejected.reason };
  const first = accepted[0];
  if (first !== undefined) {
    if (ended === undefined) return { kind: 'running', since: first.at };
    if (ended.result === 'succeeded') return { kind: 'unverified' };
    if (ended.result === 'lost') return { kind: 'outcome_unknown', since: ended.at };
    return { kind: 'failed', at: ended.at, code: ended.code, reason: 'job_failed' };
  }
  if (refused !== undefined) {
    return { kind: 'failed', at: refused.at, code: refused.code, reason: 'refused' };
  }
  if (unknown !== undefined) return { kind: 'outcome_unknown', since: unknown.at };
  const isOpen = [...attempt.windows.values()].includes('open');
  return isOpen ? { kind: 'outcome_unknown', since: attempt.intentAt } : { kind: 'unsent' };
}

/**
 * Returns whether the archive of an attempt without a known job may still arrive: its response was lost, or CPH was busy. The
 * network may have delivered the call twice; then the job of the first copy keeps CPH busy.
 */
export function mayStillArrive(attempt: Attempt): boolean {
  const status = statusOf(attempt);
  if (status.kind === 'response_lost' || status.kind === 'outcome_unknown') return true;
  if (status.kind !== 'failed') return false;
  return status.reason === 'refused' && isBusyCode(status.code ?? '');
}

/** Returns whether a job of this attempt may outlive its run. */
export function mayLeaveJob(attempt: Attempt): boolean {
  // It leaves nothing behind.
  if (attempt.call === 'command') return false;
  return statusOf(attempt).kind === 'running' || mayStillArrive(attempt);
}

/**
 * Returns the number of the next attempt, from `first` on. An attempt that was never sent keeps its number for the same call, and
 * the same command.
 */
export function nextNumber(
  attempts: readonly Attempt[],
  { call, command }: { call: Call; command?: string },
  first = 1,
): number {
  const isSame = (attempt: Attempt): boolean =>
    attempt.call === call && attempt.command === command;
  const used = attempts.filter(
    (attempt) => statusOf(attempt).kind !== 'unsent' || !isSame(attempt),
  );
  return Math.max(first - 1, ...used.map(({ number }) => number)) + 1;
}

/** Returns whether a job of this phone may be running at CPH. `exportTimeout` in ms. */
export function isBusy(phone: PhoneState, exportTimeout: number, now: number): boolean {
  return now < busyUntil(phone, exportTimeout);
}

/**
 * Returns until when a job of this phone may be running at CPH (epoch ms); 0 for none. A job that is twice as old as
 * `exportTimeout` (ms) no longer counts: it would block its phone forever.
 */
export function busyUntil({ attempts }: PhoneState, exportTimeout: number): number {
  let until = 0;
  for (const attempt of attempts.values()) {
    const status = statusOf(attempt);
    if (attempt.call === 'command') {
      if (status.kind === 'running') until = Math.max(until, status.since + COMMAND_TIMEOUT_MS);
      continue;
    }
    if (status.kind === 'running') until = Math.max(until, status.since + 2 * exportTimeout);
    if (status.kind === 'outcome_unknown') until = Math.max(until, status.since + exportTimeout);
  }
  return until;
}
