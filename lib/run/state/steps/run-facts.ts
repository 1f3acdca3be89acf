import type { Terms } from '../../../ledger/run/plan.ts';
import { missingSince } from '../../../ledger/run/run-state.ts';
import { nextExportStep } from './next-export-step.ts';
import { nextRestoreStep } from './next-restore-step.ts';
import type { RunFacts } from './next-step.ts';
import { postponedCalls } from '../postponed.ts';
import type { StoredRun } from '../stored-run.ts';

const MINUTE = 60_000;
const DEFAULT_WATCH_MS = 15 * MINUTE;
const MIN_WATCH_MS = 2 * MINUTE;

/** Returns undefined for a run without a plan, or that failed before it started. */
export function factsOf(run: StoredRun): RunFacts | undefined {
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

/** Returns what decides the next step of a phone. */
export const stepFunction = ({ restore }: Pick<RunFacts, 'restore'>) =>
  restore === undefined ? nextExportStep : nextRestoreStep;

/** Returns twice the longest successful export of this run (ms), within bounds. */
function watchTime(run: StoredRun, terms: Terms): number {
  const longest = run.state.longestExport;
  const watch = longest === 0 ? DEFAULT_WATCH_MS : longest * 2;
  return Math.min(Math.max(watch, MIN_WATCH_MS), terms.export_timeout);
}
