import { phoneOutcomes } from '../../../ledger/run/report.ts';
import type { RunPhone } from '../schemas/run.ts';

const MAX_GROUPS = 20;
const MAX_NAMED = 10;
/** The outcomes of a phone that is listed. */
const UNDONE: ReadonlySet<string> = new Set(
  phoneOutcomes.filter((outcome) => outcome !== 'exported' && outcome !== 'restored'),
);

/** Phones of a run that ended in the same way for the same reason. */
export type FailureGroup = {
  outcome: RunPhone['state'];
  reason?: string;
  code?: string;
  count: number;
  /** The first ten. */
  phones: { phone_id: string; phone_name: string }[];
};

/** Returns the phones of a run that have ended without a success, by cause: what failed before what was skipped, the most phones first. Pure. */
export function failuresOf(phones: readonly RunPhone[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const { state, reason, code, phone_id, phone_name } of phones) {
    if (!UNDONE.has(state)) continue;
    const id = JSON.stringify([state, reason, code]);
    const group = groups.get(id) ?? {
      outcome: state,
      ...(reason === undefined ? {} : { reason }),
      ...(code === undefined ? {} : { code }),
      ...{ count: 0, phones: [] },
    };
    group.count += 1;
    if (group.phones.length < MAX_NAMED) group.phones.push({ phone_id, phone_name });
    groups.set(id, group);
  }
  const isSkipped = ({ outcome }: FailureGroup): number => Number(outcome === 'skipped');
  return [...groups.values()]
    .sort((a, b) => isSkipped(a) - isSkipped(b) || b.count - a.count)
    .slice(0, MAX_GROUPS);
}
