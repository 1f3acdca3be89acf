import { type OpenRun, steps } from '../state/open-run.ts';
import type { OpenFirst } from './decide.ts';

/** What the open runs mean for the phones of their policies. */
export function openFirsts(runs: OpenRun[], now: number): OpenFirst[] {
  return runs.map((run) => {
    const { policy, trigger, phones = [] } = run.request;
    const isFirst = trigger === 'provisioned';
    const underway = isFirst
      ? []
      : steps(run, now)
          .filter(({ step }) => step.kind !== 'done')
          .map(({ phone }) => phone.planned.phone_id);
    return {
      policy,
      askedAt: run.askedAt,
      asked: new Set(isFirst ? phones : []),
      underway: new Set(underway),
    };
  });
}
