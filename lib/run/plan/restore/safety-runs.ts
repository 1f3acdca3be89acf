import type { Archive } from '../../../ledger/catalogue/archive.ts';
import type { PlannedPhone, RestoreTerms } from '../../../ledger/run/plan.ts';
import { sha256hex } from '../../../ledger/store/digest.ts';
import { requestRunId } from '../../../policy/keys/run-id.ts';
import { idOf } from './check-archives.ts';

/** As many phones as a request may name. */
const MAX_PHONES = 1_000;

type SafetyRun = RestoreTerms['safety_runs'][number];

/**
 * Returns the runs that export the phones of a restore before they are overwritten, and the phones with the run that exports each.
 * A phone is exported with the paths, and to the bucket, of the archive that it gets. `archives`: by bucket and key. The ids follow
 * from the restore. Pure.
 */
export function planSafetyRuns(
  restoreId: string,
  phones: readonly PlannedPhone[],
  archives: ReadonlyMap<string, Archive>,
): { runs: SafetyRun[]; phones: PlannedPhone[] } {
  const runs = new Map<string, SafetyRun>();
  const counts = new Map<string, number>();
  const saved = phones.map((phone): PlannedPhone => {
    const archive = phone.source && archives.get(idOf(phone.source));
    if (phone.verdict !== undefined || archive === undefined) return phone;
    const { policy, bucket, includes } = archive;
    const group = `${policy} ${bucket} ${includes.digest}`;
    const count = counts.get(group) ?? 0;
    counts.set(group, count + 1);
    const token = `${restoreId} ${group} ${Math.floor(count / MAX_PHONES)}`;
    const run_id = requestRunId(policy, token, sha256hex);
    if (!runs.has(run_id)) {
      const { include, exclude } = includes;
      runs.set(run_id, { run_id, policy, bucket, folder: baseOf(archive), include, exclude });
    }
    return { ...phone, safety_run: run_id };
  });
  return { runs: [...runs.values()], phones: saved };
}

/** Returns the folder that holds the folder of the archive's run. */
function baseOf({ key }: Archive): string {
  return key.split('/').slice(0, -2).join('/');
}
