import { hasCode, PhonevaultError, TimeUp } from '../../errors.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import { type SettleStep, settleSteps } from '../../ledger/run/reasons.ts';
import type { DriveDeps } from '../deps.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { stopsDrive } from '../state/failures/stops-drive.ts';

const MINUTE = 60_000;
const GIVE_UP_AFTER_MS = 30 * MINUTE;
const LATE_MS = 60 * MINUTE;
const MAX_CHARACTERS = 300;

/** What these write stands nowhere else, so that even a refusal gets half an hour to pass. */
const PRECIOUS: ReadonlySet<SettleStep> = new Set([
  ...(['report', 'orphaned_jobs', 'note_orphans', 'write_log'] as const),
]);

/**
 * Does one step of settling. A step is given up, with a record of why, when a right or the bucket is missing for it, or when it still fails
 * half an hour after the first failure of settling, or is longer than a drive for half an hour. It is not tried again: then returns
 * undefined. Before that throws what it failed with, so that the run pauses.
 */
export async function orGiveUp<T>(
  deps: Pick<DriveDeps, 'clock' | 'log'>,
  run: OpenRun,
  step: SettleStep,
  work: () => Promise<T>,
): Promise<T | undefined> {
  if (run.state.notDone.get(step)?.final !== undefined) return undefined;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    const note = error instanceof TimeUp ? noteTimeUp : noteFailure;
    if (!note(deps, run, step, error)) throw error;
    return undefined;
  }
}

/**
 * Records that the time of a drive was up in the middle of a step. Once says nothing about the step; one that began again in each
 * drive of half an hour is longer than a drive. Returns whether it is given up: what is precious goes on where it stopped.
 */
function noteTimeUp(
  { clock }: Pick<DriveDeps, 'clock'>,
  run: OpenRun,
  step: SettleStep,
  { code }: PhonevaultError,
): boolean {
  if (PRECIOUS.has(step)) return false;
  const at = clock.now();
  const since = run.state.notDone.get(step)?.since;
  const isEndless = since !== undefined && at - since >= GIVE_UP_AFTER_MS;
  const message = `${step} takes longer than one drive`;
  const event = { type: 'not_done' as const, at, step, code, message };
  if (isEndless) record(run, [{ ...event, final: true }]);
  else if (since === undefined) record(run, [event]);
  return isEndless;
}

/** Records that a step failed. Returns whether it is given up. */
function noteFailure(
  { clock, log }: Pick<DriveDeps, 'clock' | 'log'>,
  run: OpenRun,
  step: SettleStep,
  error: PhonevaultError,
): boolean {
  const at = clock.now();
  const since = run.state.notDone.get(step)?.since;
  const isCertain = hasCode(error, 'access_denied') || hasCode(error, 'bucket_missing');
  const isRefused = isCertain && !isUnreadable(error) && !PRECIOUS.has(step);
  const isOverdue = at - firstFailure(run, at) >= GIVE_UP_AFTER_MS || isLate(run, at);
  const hasFailed = since !== undefined && isOverdue;
  const { code } = error;
  const message = error.message.slice(0, MAX_CHARACTERS);
  const event = { type: 'not_done' as const, at, step, code, message };
  if (isRefused || hasFailed) {
    record(run, [{ ...event, final: true }]);
    // It is logged when it is written, which this step cannot.
    const { policy } = run.request;
    if (step === 'write_log') log.warn('not_done', { run: run.runId, policy, step, code, message });
    return true;
  }
  if (since === undefined) record(run, [event]);
  return false;
}

/** Returns when the first step of settling failed (epoch ms): one bound for all, since steps may share what fails. */
function firstFailure({ state }: OpenRun, now: number): number {
  return Math.min(...settleSteps.map((step) => state.notDone.get(step)?.since ?? now));
}

/** Without a log a cold drive does not know since when a step fails. */
function isLate({ plan }: OpenRun, now: number): boolean {
  return plan !== undefined && now >= plan.started_at + (plan.terms?.deadline ?? 0) + LATE_MS;
}
