import { missingSince, type PhoneState } from '../../ledger/run/fold.ts';
import type { Terms } from '../../ledger/run/plan.ts';
import { nextStep, type RunFacts, type Step } from './next-step.ts';
import type { StoredRun } from './stored-run.ts';

const MINUTE = 60_000;
const WATCH_UNTIL_LEARNED_MS = 15 * MINUTE;
const MIN_WATCH_MS = 2 * MINUTE;

export type PhoneStep = { phone: PhoneState; step: Step };

/** Returns the next step of each phone of the run, in submission order; none before the run is planned. Pure. */
export function phoneSteps(run: StoredRun, now: number): PhoneStep[] {
  const facts = factsOf(run);
  if (facts === undefined) return [];
  return [...run.state.phones.values()].map((phone) => ({
    phone,
    step: nextStep(phone, facts, now),
  }));
}

/** Undefined while the run has no plan, and when it failed before it started. */
function factsOf(run: StoredRun): RunFacts | undefined {
  const terms = run.plan?.terms;
  if (run.plan === undefined || terms === undefined) return undefined;
  return {
    terms,
    startedAt: run.plan.started_at,
    cancelledAt: run.state.cancelledAt,
    watchMs: typicalExport(run, terms),
    outageSince: {
      jobs: missingSince(run.state.outages.jobs),
      archives: missingSince(run.state.outages.archives),
    },
  };
}

/** Twice the longest successful export of this run (ms), within bounds. */
function typicalExport(run: StoredRun, terms: Terms): number {
  const longest = run.state.longestExport;
  const watch = longest === 0 ? WATCH_UNTIL_LEARNED_MS : longest * 2;
  return Math.min(Math.max(watch, MIN_WATCH_MS), terms.export_timeout);
}
