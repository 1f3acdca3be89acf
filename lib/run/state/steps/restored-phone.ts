import type { ReportedChecks, ReportedPhone } from '../../../ledger/run/report.ts';
import type { RestoreTerms } from '../../../ledger/run/plan.ts';
import type { PhoneState } from '../../../ledger/run/run-state.ts';
import { pathsOf } from '../checks/next-command.ts';
import { checksOf } from '../checks/results.ts';
import type { Step } from './next-step.ts';

/** Returns what a report says of a phone because it belongs to a restore; nothing for an export. */
export function sourceFields(
  phone: PhoneState,
  step: Step,
  restore: RestoreTerms | undefined,
): Pick<ReportedPhone, 'source' | 'saved' | 'seconds' | keyof ReportedChecks> {
  const { planned, saved } = phone;
  const paths = pathsOf(phone, restore);
  const isChecked = step.kind === 'done' && step.outcome === 'restored' && paths !== undefined;
  const took = step.kind === 'done' ? step.took : undefined;
  return {
    ...(planned.source === undefined ? {} : { source: placeOf(planned.source) }),
    ...(saved?.key === undefined ? {} : { saved: saved.key }),
    ...(took === undefined ? {} : { seconds: Math.round(took / 1_000) }),
    ...(isChecked ? checksOf(phone, { paths, isReset: restore?.reset_first === true }) : {}),
  };
}

function placeOf(source: NonNullable<ReportedPhone['source']>): ReportedPhone['source'] {
  const { phone_id, run_id, bucket, key } = source;
  return { phone_id, run_id, bucket, key };
}
