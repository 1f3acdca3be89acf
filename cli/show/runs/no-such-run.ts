import { PhonevaultError } from '../../../lib/errors.ts';
import { nearest } from '../../../lib/policy/parse/nearest.ts';
import { listRuns } from '../../../lib/run/query/runs/list-runs.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';

const SEARCHED = 100;
const SUGGESTED = 3;

/** Returns the error for an unknown run id, with the newest similar ids as a hint. */
export async function noSuchRun(
  { store, clock }: Pick<RunDeps, 'store' | 'clock'>,
  runId: string,
): Promise<PhonevaultError> {
  const { runs } = await listRuns(store, { max: SEARCHED }, clock.now());
  const ids = runs.map(({ run_id }) => run_id);
  const begun = ids.filter((id) => id.startsWith(runId)).slice(0, SUGGESTED);
  const near = begun.length > 0 ? undefined : nearest(runId, ids);
  const meant = near === undefined ? begun : [near];
  const hint = [
    ...(meant.length === 0 ? [] : [`did you mean ${meant.join(' or ')}?`]),
    '`phonevault runs` lists the runs',
  ].join(' ');
  return new PhonevaultError('not_found', `run ${runId} does not exist`, { hint });
}
