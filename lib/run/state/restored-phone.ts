import type { ReportedPhone } from '../../ledger/run/report.ts';
import type { PhoneState } from '../../ledger/run/run-state.ts';
import type { Step } from './next-step.ts';

/** Returns what a report says of a phone because it belongs to a restore; nothing for an export. */
export function sourceFields(
  { planned, saved }: Pick<PhoneState, 'planned' | 'saved'>,
  step: Step,
): Pick<ReportedPhone, 'source' | 'saved' | 'seconds'> {
  const took = step.kind === 'done' ? step.took : undefined;
  return {
    ...(planned.source === undefined ? {} : { source: placeOf(planned.source) }),
    ...(saved?.key === undefined ? {} : { saved: saved.key }),
    ...(took === undefined ? {} : { seconds: Math.round(took / 1_000) }),
  };
}

function placeOf(source: NonNullable<ReportedPhone['source']>): ReportedPhone['source'] {
  const { phone_id, run_id, bucket, key } = source;
  return { phone_id, run_id, bucket, key };
}
