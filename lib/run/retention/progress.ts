import {
  type PruneProgress,
  readPruneProgress,
  writePruneProgress,
} from '../../ledger/retention/progress.ts';
import { sha256hex } from '../../ledger/store/digest.ts';
import type { DriveDeps } from '../deps.ts';
import { countParts } from './judge/judge-policy.ts';
import type { Tally } from './prune-shard.ts';
import type { PolicyTerms } from './judge/terms.ts';

/** What was counted says nothing about a much later time. */
const MAX_AGE_MS = 6 * 3_600_000;
const DIGITS = 16;

type Deps = Pick<DriveDeps, 'clock' | 'store'>;

/** How far a policy is judged and its archives are deleted. Changed in place. */
export type Progress = PruneProgress;

export const emptyTally = (): Tally => ({
  ...{ deleted: 0, bytes: 0, trashed: 0, refused: 0 },
  refusals: [],
  ...{ missing: 0, missing_keys: [] },
});

/**
 * Returns how far an earlier drive got under the same rules; without one it begins anew. `finished`: what was deleted since, of what that
 * drive had written down.
 */
export async function beginOrResume(
  { store, clock }: Deps,
  { policy, terms }: PolicyTerms,
  finished: Tally,
): Promise<Progress> {
  const rules = sha256hex(JSON.stringify([terms.rules, terms.includes])).slice(0, DIGITS);
  const at = clock.now();
  const known = await readPruneProgress(store, policy);
  if (known !== undefined && known.rules === rules && at < known.at + MAX_AGE_MS) {
    known.tally.deleted += finished.deleted;
    known.tally.bytes += finished.bytes;
    return known;
  }
  const parts = await countParts(store, policy);
  const none = { counted: 0, pruned: 0, standing: 0, due: 0, handled: 0 };
  return { policy, rules, at, parts, ...none, tally: finished };
}

/** Writes how far it got. What one drive judges in one go, and what is done, needs no record. */
export async function saveProgress({ store }: Deps, progress: Progress): Promise<void> {
  const { policy, parts, pruned } = progress;
  if (parts > 1 && pruned < parts) await writePruneProgress(store, progress, policy);
}
