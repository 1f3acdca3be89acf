import { FIRST_HOOK } from '../../../ledger/run/run-state.ts';
import type { Step } from '../../state/steps/next-step.ts';
import { phoneSteps } from '../../state/steps/phone-steps.ts';
import type { StoredRun } from '../../state/stored-run.ts';
import type { Progress, RunPhone } from '../schemas/run.ts';

const POLLED = {
  export: 'exporting',
  command: 'restoring',
  restore: 'restoring',
  restart: 'restarting',
  reset: 'restarting',
} as const;

/** Returns the state of a phone whose next step this is. */
export function stateOf(step: Step): RunPhone['state'] {
  switch (step.kind) {
    case 'await_state':
      return step.restarted === true ? 'restarting' : 'waiting';
    case 'submit':
      // A phone that is to run the commands after its export is not queued for one.
      return step.command?.startsWith('after') === true ? 'exporting' : 'queued';
    case 'await_thaw':
      return 'thawing';
    case 'await_export':
      return 'saving';
    case 'poll':
      return step.attempt.number >= FIRST_HOOK
        ? 'exporting'
        : POLLED[step.attempt.call ?? 'export'];
    case 'verify':
      return 'verifying';
    case 'watch':
      return 'outcome_unknown';
    case 'done':
      return step.outcome;
  }
}

const RESTORE_STATES = { thawing: 0, saving: 0, restoring: 0, restarting: 0, restored: 0 };

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
    ...(run.request.kind === 'restore' ? RESTORE_STATES : {}),
  };
  for (const { step } of phoneSteps(run, now)) {
    progress.selected += 1;
    const state = stateOf(step);
    progress[state] = (progress[state] ?? 0) + 1;
  }
  return progress;
}
