import { nextLookupAt } from '../export/verify-archives.ts';
import { type OpenRun, steps } from '../state/open-run.ts';
import { notifyDue } from '../notify/notify-run.ts';
import { callsAllowed, nextCallAt } from '../export/rate-limit.ts';
import type { Work } from './steps.ts';

/** The first look at the jobs of a call comes this long after it. */
export const MIN_POLL_MS = 3_000;
const MAX_POLL_MS = 30_000;
/** A call for each 20 export calls; so many reads a minute leave room for everything else. */
const POLL_CALL_MS = 1_200;
/** Ready phones whose servers are full wait for a job to end; look again at the latest after this. */
const CROWDED_MS = 5_000;

/** The time (epoch ms) when something next falls due; undefined when nothing ever will without news from outside. */
export function nextDue(work: Work, now: number): number | undefined {
  let due: number | undefined;
  const at = (time: number | undefined): void => {
    if (time !== undefined) due = Math.min(due ?? time, time);
  };
  for (const run of work.runs.values()) {
    const dues: number[] = [];
    if (run.report !== undefined) {
      const notify = notifyDue(run, now);
      if (notify !== undefined) dues.push(notify);
    } else if (run.plan === undefined) dues.push(now);
    else dues.push(...planned(work, run, now));
    for (const time of dues) at(Math.max(time, run.restUntil));
  }
  if (work.orphaned.length > 0 && work.runs.size > 0) at(work.orphanedPollAt);
  return due;
}

function planned(work: Work, run: OpenRun, now: number): number[] {
  const dues: number[] = [];
  let living = false;
  const allowed = callsAllowed(work.session.limits, now) > 0;
  const soonest = nextCallAt(work.session.limits, now);
  for (const { step } of steps(run, now)) {
    if (step.kind === 'done') continue;
    living = true;
    if (step.kind === 'follow' || step.kind === 'watch') dues.push(work.pollAt);
    if (step.kind === 'await_state') dues.push(run.statesAt);
    if (step.kind === 'submit') {
      const crowded = step.notBefore <= now && allowed;
      dues.push(crowded ? now + CROWDED_MS : Math.max(step.notBefore, soonest));
    }
  }
  const lookup = nextLookupAt(run, now);
  if (lookup !== undefined) dues.push(lookup);
  if (!living) dues.push(now);
  return dues;
}

/** How long to wait between two looks at the jobs (ms): longer for older jobs and for more export calls. */
export function pollInterval(runs: OpenRun[], requests: number, now: number): number {
  let youngest = Number.POSITIVE_INFINITY;
  for (const run of runs) {
    for (const { step } of steps(run, now)) {
      if (step.kind !== 'follow') continue;
      youngest = Math.min(youngest, now - (step.attempt.accepted[0]?.at ?? now));
    }
  }
  const byAge = Number.isFinite(youngest) ? youngest * 0.2 : MAX_POLL_MS;
  const byCalls = Math.ceil(requests / 20) * POLL_CALL_MS;
  return Math.min(Math.max(MIN_POLL_MS, byAge, byCalls), Math.max(MAX_POLL_MS, byCalls));
}
