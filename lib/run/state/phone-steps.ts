import { missingSince, type PhoneState } from '../../ledger/run/run-state.ts';
import type { Terms } from '../../ledger/run/plan.ts';
import { isBusy } from './attempt-status.ts';
import { mayHaveActed, nextRestoreStep } from './next-restore-step.ts';
import { isTouched, nextExportStep } from './hooks/next-export-step.ts';
import type { RunFacts, Step } from './next-step.ts';
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
  const decide = stepFunction(facts);
  return [...run.state.phones.values()].map((phone) => ({
    phone,
    step: decide(phone, facts, now),
  }));
}

const stepFunction = ({ restore }: RunFacts) =>
  restore === undefined ? nextExportStep : nextRestoreStep;

/**
 * Returns the phones that a run keeps for itself: no other exports a phone between its restore and its restart, or between the first
 * command of its hooks and the last. Pure.
 */
export function keptPhones(run: StoredRun, now: number): PhoneState[] {
  const { plan } = run;
  if (plan?.restore === undefined && plan?.terms?.hooks === undefined) return [];
  const isBegun = ({ phone }: PhoneStep): boolean =>
    plan.restore === undefined ? isTouched(phone) : [...phone.attempts.values()].some(mayHaveActed);
  return phoneSteps(run, now)
    .filter((one) => one.step.kind !== 'done' && isBegun(one))
    .map(({ phone }) => phone);
}

/**
 * Returns the phones of which a job may be running at CPH. A restore that is to send a call again has waited long enough for the one
 * whose response was lost; a command after an export is sent although the export may still run. Pure.
 */
export function busyPhones(run: StoredRun, now: number): PhoneState[] {
  const facts = factsOf(run);
  const timeout = facts?.terms.export_timeout ?? 0;
  return [...run.state.phones.values()].filter((phone) => {
    if (!isBusy(phone, timeout, now)) return false;
    // Without hooks an export is never sent again while its job may run.
    if (facts === undefined || (facts.restore === undefined && facts.terms.hooks === undefined)) {
      return true;
    }
    const step = stepFunction(facts)(phone, facts, now);
    return step.kind !== 'submit' || step.call === undefined;
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
