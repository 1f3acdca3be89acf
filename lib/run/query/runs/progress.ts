import type { Step } from '../../state/next-step.ts';
import { phoneSteps } from '../../state/phone-steps.ts';
import type { StoredRun } from '../../state/stored-run.ts';
import type { Progress, RunPhone } from '../schemas/run.ts';

/** Returns the state of a phone whose next step this is. */
export function stateOf(step: Step): RunPhone['state'] {
  switch (step.kind) {
    case 'await_state':
      return 'waiting';
    case 'submit':
      return 'queued';
    case 'poll':
      return 'exporting';
    case 'verify':
      return 'verifying';
    case 'watch':
      return 'outcome_unknown';
    case 'done':
      return step.outcome;
  }
}

/** Counts the phones of a run by state at `now` (epoch ms). All zero before the run is planned. Pure. */
export function progressOf(run: StoredRun, now: number): Progress {
  const progress: Progress = {
    selected: 0,
    waiting: 0,
    queued: 0,
    exporting: 0,
    verifying: 0,
    outcome_unknown: 0,
    exported: 0,
    failed: 0,
    skipped: 0,
    timed_out: 0,
    cancelled: 0,
  };
  for (const { step } of phoneSteps(run, now)) {
    progress.selected += 1;
    progress[stateOf(step)] += 1;
  }
  return progress;
}
