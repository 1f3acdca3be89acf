import { missingSince, type PhoneState } from '../../ledger/run/run-state.ts';
import type { Terms } from '../../ledger/run/plan.ts';
import { isBusy } from './attempt-status.ts';
import { mayHaveActed, nextRestoreStep } from './next-restore-step.ts';
import { nextStep, type RunFacts, type Step } from './next-step.ts';
import { postponedCalls } from './postponed.ts';
import type { StoredRun } from './stored-run.ts';

const MINUTE = 60_000;
const DEFAULT_WATCH_MS = 15 * MINUTE;
const MIN_WATCH_MS = 2 * MINUTE;

export type PhoneStep = { phone: PhoneState; step: Step };

/** Returns the next step of each phone of the run, in submission order; none before the run is planned. Pure. */
export function phoneSteps(run: StoredRun, now: number): PhoneStep[] {
  const facts = factsOf(run);
  if (facts === undefined) return [];
  const decide = facts.restore === undefined ? nextStep : nextRestoreStep;
  return [...run.state.phones.values()].map((phone) => ({
    phone,
    step: decide(phone, facts, now),
  }));
}

/** Returns the phones that a restore keeps for itself: between its restore and its restart a phone is not exported. Pure. */
export function keptPhones(run: StoredRun, now: number): PhoneState[] {
  if (run.plan?.restore === undefined) return [];
  return phoneSteps(run, now)
    .filter(
      ({ phone, step }) => step.kind !== 'done' && [...phone.attempts.values()].some(mayHaveActed),
    )
    .map(({ phone }) => phone);
}

/**
 * Returns the phones of which a job may be running at CPH. A restore that is to send a call again has waited long enough for the one
 * whose response was lost. Pure.
 */
export function busyPhones(run: StoredRun, now: number): PhoneState[] {
  const facts = factsOf(run);
  const timeout = facts?.terms.export_timeout ?? 0;
  return [...run.state.phones.values()].filter((phone) => {
    if (!isBusy(phone, timeout, now)) return false;
    return facts?.restore === undefined || nextRestoreStep(phone, facts, now).kind !== 'submit';
  });
}

/** Returns undefined for a run without a plan, or that failed before it started. */
function factsOf(run: StoredRun): RunFacts | undefined {
  const terms = run.plan?.terms;
  if (run.plan === undefined || terms === undefined) return undefined;
  return {
    terms,
    restore: run.plan.restore,
    startedAt: run.plan.started_at,
    cancelledAt: run.state.cancelledAt,
    watchMs: watchTime(run, terms),
    postponed: postponedCalls(run.state).at(-1),
    outageSince: {
      jobs: missingSince(run.state.outages.jobs),
      archives: missingSince(run.state.outages.archives),
    },
  };
}

/** Returns twice the longest successful export of this run (ms), within bounds. */
function watchTime(run: StoredRun, terms: Terms): number {
  const longest = run.state.longestExport;
  const watch = longest === 0 ? DEFAULT_WATCH_MS : longest * 2;
  return Math.min(Math.max(watch, MIN_WATCH_MS), terms.export_timeout);
}
