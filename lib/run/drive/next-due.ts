import { heldUntil } from '../export/archives/earlier-keys.ts';
import { nextLookupAt } from '../export/archives/verify-archives.ts';
import { nextThawAt } from '../restore/await-thaws.ts';
import { MIN_POLL_MS } from '../export/jobs/poll-plan.ts';
import type { Limits } from '../../ledger/state/limits.ts';
import type { OpenRun } from '../state/open-run.ts';
import { agendaOf, isAllDone } from '../state/steps/agenda.ts';
import type { Step } from '../state/steps/next-step.ts';
import { postponedUntil } from '../state/postponed.ts';
import { notifyDue } from '../notify/notify-run.ts';
import { callsAllowed, nextCallAt } from '../reads/pace.ts';
import { nextPruneAt } from './prune.ts';
import { hasSample } from './read-samples.ts';
import type { Work } from './work.ts';

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
  const allowed = callsAllowed(limits, now) > 0;
  const callAt = nextCallAt(limits, now);
  const pausedUntil = postponedUntil(run.state);
  const { steps, fresh, retries } = agendaOf(run, now);
  const has = (kind: Step['kind']): boolean => (steps.get(kind)?.size ?? 0) > 0;
  if (has('poll') || has('watch')) dues.push(pollAt);
  if (has('await_export')) dues.push(Math.max(run.retryAt.exports, now + MIN_POLL_MS));
  if (has('await_state')) dues.push(run.retryAt.phoneStates);
  const submitAt = (notBefore: number): void => {
    const isServerFull = notBefore <= now && allowed;
    dues.push(isServerFull ? now + FULL_SERVER_RETRY_MS : Math.max(notBefore, callAt));
  };
  if (fresh.size > 0) submitAt(pausedUntil);
  for (const [phone, step] of retries) {
    submitAt(Math.max(step.notBefore, pausedUntil, heldUntil(run, { phone, step }, now)));
  }
  // A restore leaves no archive to look up.
  const archives = run.plan?.restore === undefined ? nextLookupAt(run, now) : nextThawAt(run, now);
  if (archives !== undefined) dues.push(archives);
  if (isAllDone(run, now)) dues.push(now);
  return dues;
}
