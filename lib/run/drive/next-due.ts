import { heldUntil } from '../export/archives/earlier-keys.ts';
import { nextLookupAt } from '../export/archives/verify-archives.ts';
import { nextThawAt } from '../restore/await-thaws.ts';
import type { Limits } from '../../ledger/state/limits.ts';
import type { OpenRun } from '../state/open-run.ts';
import { phoneSteps } from '../state/phone-steps.ts';
import { postponedUntil } from '../state/postponed.ts';
import { notifyDue } from '../notify/notify-run.ts';
import { callsAllowed, nextCallAt } from '../reads/pace.ts';
import { nextPruneAt } from './prune.ts';
import { hasSample } from './read-samples.ts';
import type { Work } from './work.ts';

/** The jobs of an export call are first polled this long after it. */
export const MIN_POLL_MS = 3_000;
const MAX_POLL_MS = 30_000;
/** Ready phones of a full server wait for a job to end. Submitting them is tried again after this time. */
const FULL_SERVER_RETRY_MS = 5_000;

/** Returns when work is due next (epoch ms); undefined when only an event from outside can bring work. Pure. */
export function nextDue(work: Work, limits: Limits, now: number): number | undefined {
  let due: number | undefined;
  const at = (time: number | undefined): void => {
    if (time !== undefined) due = Math.min(due ?? time, time);
  };
  for (const run of work.runs.values()) {
    const dues: number[] = [];
    if (run.report !== undefined) {
      const notify = notifyDue(run, now);
      if (notify !== undefined) dues.push(notify);
      else if (hasSample(run)) dues.push(now);
    } else if (run.plan === undefined) dues.push(now);
    else dues.push(...duesOfPlanned(run, { limits, pollAt: work.nextAt.jobs }, now));
    for (const time of dues) at(Math.max(time, run.retryAt.step));
  }
  at(nextPruneAt(work));
  if (work.orphaned.length > 0 && work.runs.size > 0) at(work.nextAt.orphanedJobs);
  return due;
}

/** Returns when work on a planned run is due (epoch ms). */
function duesOfPlanned(
  run: OpenRun,
  { limits, pollAt }: { limits: Limits; pollAt: number },
  now: number,
): number[] {
  const dues: number[] = [];
  let isUnfinished = false;
  const allowed = callsAllowed(limits, now) > 0;
  const callAt = nextCallAt(limits, now);
  const pausedUntil = postponedUntil(run.state);
  for (const one of phoneSteps(run, now)) {
    const { step } = one;
    if (step.kind === 'done') continue;
    isUnfinished = true;
    if (step.kind === 'poll' || step.kind === 'watch') dues.push(pollAt);
    if (step.kind === 'await_export') {
      dues.push(Math.max(run.retryAt.exports, now + MIN_POLL_MS));
    }
    if (step.kind === 'await_state') dues.push(run.retryAt.phoneStates);
    if (step.kind === 'submit') {
      const notBefore = Math.max(step.notBefore, pausedUntil, heldUntil(run, one, now));
      const isServerFull = notBefore <= now && allowed;
      dues.push(isServerFull ? now + FULL_SERVER_RETRY_MS : Math.max(notBefore, callAt));
    }
  }
  // A restore leaves no archive to look up.
  const archives = run.plan?.restore === undefined ? nextLookupAt(run, now) : nextThawAt(run, now);
  if (archives !== undefined) dues.push(archives);
  if (!isUnfinished) dues.push(now);
  return dues;
}

/**
 * Returns the time between two polls of the jobs (ms): longer for older jobs, and at least `callsMs`, which the calls of one poll
 * take.
 */
export function pollInterval(runs: OpenRun[], callsMs: number, now: number): number {
  let youngest = Number.POSITIVE_INFINITY;
  for (const run of runs) {
    for (const { step } of phoneSteps(run, now)) {
      if (step.kind !== 'poll') continue;
      youngest = Math.min(youngest, now - (step.attempt.accepted[0]?.at ?? now));
    }
  }
  const byAge = Number.isFinite(youngest) ? youngest * 0.2 : MAX_POLL_MS;
  return Math.min(Math.max(MIN_POLL_MS, byAge, callsMs), Math.max(MAX_POLL_MS, callsMs));
}
