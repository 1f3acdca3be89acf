import { phoneSteps } from '../state/phone-steps.ts';
import type { StoredRun } from '../state/stored-run.ts';
import type { OpenFirstBackup } from './decide.ts';

/** Returns what the open runs mean for first backups of their policies. */
export function openFirstBackups(runs: StoredRun[], now: number): OpenFirstBackup[] {
  return runs.map((run) => {
    const { policy, trigger, phones = [] } = run.request;
    const isFirst = trigger === 'provisioned';
    const inProgress = isFirst
      ? []
      : phoneSteps(run, now)
          .filter(({ step }) => step.kind !== 'done')
          .map(({ phone }) => phone.planned.phone_id);
    return {
      policy,
      requestedAt: run.requestedAt,
      requested: new Set(isFirst ? phones : []),
      inProgress: new Set(inProgress),
    };
  });
}
