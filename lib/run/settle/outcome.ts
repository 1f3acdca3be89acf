import type { Counts, PhoneOutcome, RunOutcome } from '../../ledger/run/report.ts';

/** Returns how many phones have each outcome. `kind`: of the run. */
export function countOutcomes(outcomes: readonly PhoneOutcome[], kind?: 'restore'): Counts {
  const counts: Counts = {
    selected: outcomes.length,
    exported: 0,
    ...(kind === undefined ? {} : { restored: 0 }),
    failed: 0,
    skipped: 0,
    timed_out: 0,
    cancelled: 0,
  };
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/**
 * Returns the outcome of a run from the outcomes of its phones. `skipped` means that no phone needed anything. A run that
 * ended before it started failed or was cancelled.
 */
export function runOutcome(
  counts: Counts,
  run: { failedToStart: boolean; cancelled: boolean },
): RunOutcome {
  if (run.failedToStart) return 'failed';
  if (counts.cancelled > 0 || (run.cancelled && counts.selected === 0)) return 'cancelled';
  const unfinished = counts.failed + counts.timed_out;
  if (counts.exported + (counts.restored ?? 0) > 0)
    return unfinished === 0 ? 'completed' : 'partial';
  return unfinished > 0 ? 'failed' : 'skipped';
}
