import type { Pruned } from '../../ledger/retention/state.ts';
import { mostDeletes } from '../../policy/retention/breaker.ts';
import type { DriveDeps } from '../deps.ts';
import { untilTimeUp } from '../state/until-time-up.ts';
import { finishIntent } from './finish-intent.ts';
import { type JudgedShard, judgePolicy } from './judge-policy.ts';
import { readProtected } from './protected.ts';
import { type Deps, pruneShard, type Tally } from './prune-shard.ts';
import { policyTerms, type PolicyTerms } from './terms.ts';
import { isKept, isTrashed } from './verdict-bits.ts';

const MAX_REFUSALS = 50;

/** What drive has done, and by what. */
export type PruneResult = { own: PolicyTerms; pruned: Pruned };

/**
 * Applies the retention rules of a policy: judges all its archives, and deletes those that no rule keeps, unless they are more than may
 * be deleted at once. Yields between steps, so that other work goes on. Killed anywhere, it can be started again: it finishes what was
 * written down, and judges anew. Throws ObjectError and what a call failed with.
 */
export async function* prunePolicy(
  drive: DriveDeps,
  policy: string,
): AsyncGenerator<void, PruneResult> {
  const deps = untilTimeUp(drive);
  const tally: Tally = { deleted: 0, bytes: 0, trashed: 0, refusals: [] };
  await finishIntent(deps, policy, tally);
  const own = await policyTerms(deps, policy);
  const judged = own.block === undefined ? yield* judgeNow(deps, own) : [];
  const counts = countVerdicts(judged);
  const isTooMany = counts.due > mostDeletes(counts.standing, own.terms.rules.max_delete);
  const blocked = own.block ?? (isTooMany ? ('max_delete' as const) : undefined);
  if (blocked === undefined) yield* deleteDue(deps, own, judged, tally);
  const { deleted, bytes, trashed, refusals } = tally;
  const pruned: Pruned = {
    at: deps.clock.now(),
    ...(blocked === undefined ? {} : { blocked }),
    ...{ ...counts, deleted, bytes, trashed },
    ...{ refused: refusals.length, refusals: refusals.slice(0, MAX_REFUSALS) },
  };
  return { own, pruned };
}

async function* judgeNow(deps: Deps, own: PolicyTerms): AsyncGenerator<void, JudgedShard[]> {
  return yield* judgePolicy(deps.store, own, await readProtected(deps.store));
}

async function* deleteDue(
  deps: Deps,
  { terms }: PolicyTerms,
  judged: readonly JudgedShard[],
  tally: Tally,
): AsyncGenerator<void, void> {
  const { trash } = terms.rules;
  let before: JudgedShard['shard'] | undefined;
  for (const shard of judged) {
    const isTouched = shard.verdicts.some((bits) => !isKept(bits) || isTrashed(bits));
    if (!isTouched) before = shard.shard;
    else before = yield* pruneShard(deps, shard, { before, trash, tally });
  }
}

/** Counts the archives, and those that no rule keeps. What is in the trash already was counted when it got there. */
export function countVerdicts(judged: readonly JudgedShard[]): { standing: number; due: number } {
  let [standing, due] = [0, 0];
  for (const { verdicts } of judged) {
    standing += verdicts.length;
    for (const bits of verdicts) if (!isKept(bits) && !isTrashed(bits)) due += 1;
  }
  return { standing, due };
}
