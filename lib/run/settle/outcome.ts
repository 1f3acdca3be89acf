import type { Counts, PhoneOutcome, RunOutcome } from '../../ledger/run/report.ts';

/** Counts phones by outcome. */
export function countOutcomes(outcomes: readonly PhoneOutcome[]): Counts {
  const counts = {
    selected: outcomes.length,
    exported: 0,
    failed: 0,
    skipped: 0,
    timed_out: 0,
    cancelled: 0,
  };
  for (const outcome of outcomes) counts[outcome] += 1;
  return counts;
}

/**
 * The run's outcome from its phones'. A run that ended before it started failed, or was cancelled; `skipped` means
 * that there was nothing to do.
 */
export function runOutcome(
  counts: Counts,
  run: { failedToStart: boolean; cancelled: boolean },
): RunOutcome {
  if (run.failedToStart) return 'failed';
  if (counts.cancelled > 0 || (run.cancelled && counts.selected === 0)) return 'cancelled';
  const unfinished = counts.failed + counts.timed_out;
  if (counts.exported > 0) return unfinished === 0 ? 'completed' : 'partial';
  return unfinished > 0 ? 'failed' : 'skipped';
}
