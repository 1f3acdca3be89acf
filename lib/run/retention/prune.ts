import { PhonevaultError } from '../../errors.ts';
import type { Pruned } from '../../ledger/retention/state.ts';
import { layout } from '../../ledger/store/layout.ts';
import { mostDeletes } from '../../policy/retention/breaker.ts';
import type { DriveDeps } from '../deps.ts';
import { untilTimeUp } from '../state/until-time-up.ts';
import { finishIntent } from './finish-intent.ts';
import { inPart, type JudgedShard, judgePolicy } from './judge/judge-policy.ts';
import { findMissingCopies } from './missing-copies.ts';
import { beginOrResume, emptyTally, type Progress, saveProgress } from './progress.ts';
import { readProtected } from './judge/protected.ts';
import { type Deps, noteMissing, pruneShard, type Tally } from './prune-shard.ts';
import { policyTerms, type PolicyTerms } from './judge/terms.ts';
import { isKept, isTrashed } from './judge/verdict-bits.ts';

/** What drive has done, and by what. */
export type PruneResult = { own: PolicyTerms; pruned: Pruned };

/** A part of a policy's phones that is judged. */
type Judged = { part: number; shards: JudgedShard[] };

/**
 * Applies the retention rules of a policy: judges all its archives, and deletes those that no rule keeps, unless they are more than may
 * be deleted at once. Yields between steps, so that other work goes on. A policy with very many archives is judged in parts of its
 * phones: all are counted before the first deletion, and the next drive goes on with the part that was not finished. Killed anywhere, it
 * can be started again: it finishes what was written down, and judges the part anew. Throws ObjectError and what a call failed with.
 */
export async function* prunePolicy(
  drive: DriveDeps,
  policy: string,
): AsyncGenerator<void, PruneResult> {
  const deps = untilTimeUp(drive);
  const finished = emptyTally();
  await finishIntent(deps, policy, finished);
  const own = await policyTerms(deps, policy);
  const progress = await beginOrResume(deps, own, finished);
  const last = own.block === undefined ? yield* countParts(deps, own, progress) : undefined;
  const { standing, due, tally } = progress;
  const isTooMany = due > mostDeletes(standing, own.terms.rules.max_delete);
  const blocked = own.block ?? (isTooMany ? ('max_delete' as const) : undefined);
  if (blocked === undefined) yield* pruneParts(deps, own, progress, last);
  const reason = blocked === undefined ? {} : { blocked };
  return { own, pruned: { at: deps.clock.now(), ...reason, standing, due, ...tally } };
}

/** Counts what is due in each part. Returns the one that was judged last. */
async function* countParts(
  deps: Deps,
  own: PolicyTerms,
  progress: Progress,
): AsyncGenerator<void, Judged | undefined> {
  let last: Judged | undefined;
  while (progress.counted < progress.parts) {
    last = yield* judgePart(deps, own, progress, progress.counted);
    const { standing, due } = countVerdicts(last.shards);
    progress.standing = standing;
    progress.due += due;
    progress.counted += 1;
    await saveProgress(deps, progress);
  }
  return last;
}

/** Deletes what is due in each part. Throws `conflict` when more is due than was counted and may be deleted at once. */
async function* pruneParts(
  deps: Deps,
  own: PolicyTerms,
  progress: Progress,
  last: Judged | undefined,
): AsyncGenerator<void, void> {
  const { policy, terms } = own;
  const most = mostDeletes(progress.standing, terms.rules.max_delete);
  while (progress.pruned < progress.parts) {
    // The part that was counted last comes first: it need not be judged again.
    const part = progress.parts - 1 - progress.pruned;
    const judged = last?.part === part ? last : yield* judgePart(deps, own, progress, part);
    const { due } = countVerdicts(judged.shards);
    if (progress.handled + due > most) {
      await deps.store.remove([layout.pruneProgress(policy)]);
      const what = `more archives of policy ${policy} are due than were counted`;
      throw new PhonevaultError('conflict', what, { retryable: true });
    }
    yield* deleteDue(deps, own, judged.shards, progress.tally);
    progress.handled += due;
    progress.pruned += 1;
    await saveProgress(deps, progress);
  }
}

async function* judgePart(
  { store }: Deps,
  own: PolicyTerms,
  { at, parts }: Progress,
  part: number,
): AsyncGenerator<void, Judged> {
  const asOf = { ...own, terms: { ...own.terms, now: at } };
  const protect = await readProtected(store);
  return { part, shards: yield* judgePolicy(store, asOf, protect, inPart(part, parts)) };
}

async function* deleteDue(
  deps: Deps,
  { terms }: PolicyTerms,
  judged: readonly JudgedShard[],
  tally: Tally,
): AsyncGenerator<void, void> {
  const { trash } = terms.rules;
  const missing = yield* findMissingCopies(deps, judged);
  const spared = new Set(missing.map(({ phone_id }) => phone_id));
  noteMissing(tally, missing);
  let before: JudgedShard['shard'] | undefined;
  for (const shard of judged) {
    const isTouched = shard.verdicts.some((bits) => !isKept(bits) || isTrashed(bits));
    if (!isTouched) before = shard.shard;
    else before = yield* pruneShard(deps, shard, { before, trash, spared, tally });
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
