import type { OpenRun } from '../../state/open-run.ts';
import type { Step } from '../../state/steps/next-step.ts';
import { keptPhones } from '../../state/steps/agenda.ts';
import { phoneSteps } from '../../state/steps/phone-steps.ts';

/** Decides whether a restore, or the run that exports its phones before it, may work on a phone now. */
export type RestoreTurns = {
  mayWork(run: OpenRun, phoneId: string): boolean;
};

/**
 * Restores of one phone take turns: the one that has begun, else the one that was planned first, until it has ended with the
 * phone. A phone is exported
 * before a restore only when its turn has come and its archive can be read, so that this export holds what the restore
 * overwrites. Other runs have no turns. Pure.
 */
export function restoreTurns(runs: readonly OpenRun[], now: number): RestoreTurns {
  const turns = new Map<string, { restore: OpenRun; step: Step }>();
  const restores = new Map<string, OpenRun>();
  const inOrder = runs.filter(({ plan }) => plan?.restore !== undefined).sort(byStart);
  const begun = new Map<string, OpenRun>();
  for (const restore of inOrder) {
    for (const { planned } of keptPhones(restore, now)) begun.set(planned.phone_id, restore);
  }
  for (const restore of inOrder) {
    for (const { run_id } of restore.plan?.restore?.safety_runs ?? [])
      restores.set(run_id, restore);
    for (const { phone, step } of phoneSteps(restore, now)) {
      const { phone_id } = phone.planned;
      const isFirst = (begun.get(phone_id) ?? restore) === restore && !turns.has(phone_id);
      if (step.kind !== 'done' && isFirst) turns.set(phone_id, { restore, step });
    }
  }
  return {
    mayWork(run, phoneId) {
      const turn = turns.get(phoneId);
      if (run.plan?.restore !== undefined) return turn?.restore === run;
      if (run.request.trigger !== 'restore') return true;
      // Its restore is not read yet, or has ended with this phone: then it needs no export.
      const restore = restores.get(run.runId);
      return (
        restore !== undefined && turn?.restore === restore && turn.step.kind === 'await_export'
      );
    },
  };
}

function byStart(a: OpenRun, b: OpenRun): number {
  const [one, other] = [a.plan?.started_at ?? 0, b.plan?.started_at ?? 0];
  return one - other || (a.runId < b.runId ? -1 : 1);
}
