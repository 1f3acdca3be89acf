import type { Archive } from '../../ledger/catalogue/archive.ts';
import { listShards, readShard } from '../../ledger/catalogue/shards/shards.ts';
import type { Block } from '../../ledger/retention/state.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import { mostDeletes } from '../../policy/retention/breaker.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import type { RunDeps } from '../deps.ts';
import { type JudgedShard, judgeSome, judgeWhole } from './judge/judge-policy.ts';
import { type Protected, readProtected } from './judge/protected.ts';
import { countVerdicts } from './prune.ts';
import { policyTerms, type PolicyTerms } from './judge/terms.ts';
import { isKept, reasonsOf } from './judge/verdict-bits.ts';

type Deps = Pick<RunDeps, 'clock' | 'ledger'> & { store: Pick<RunDeps['store'], 'get' | 'list'> };

/** `phones`: judges only their archives. `parsed`: the policy as it would be, instead of the file in the bucket. */
export type PreviewOptions = { phones?: ReadonlySet<string>; parsed?: Policy };

/** An archive, and what the rules make of it. `delete_at`: when it leaves the trash (epoch ms). */
export type JudgedArchive = {
  archive: Archive;
  keep: boolean;
  reasons: string[];
  pinned: boolean;
  delete_at?: number;
};

/** What applying the rules of a policy now would do. */
export type Preview = {
  policy: string;
  /** Why nothing would be deleted. */
  block: Block | undefined;
  standing: number;
  /** Archives that no rule keeps and that are not in the trash yet. */
  due: number;
  /** The most that may be deleted at once. */
  most: number;
  /** Yields each archive with its verdict, in the order of the catalogue. Reads the catalogue again. */
  archives(): AsyncGenerator<JudgedArchive>;
};

/** Returns the names of the policies that have archives. */
export async function policiesWithArchives({ store }: Pick<Deps, 'store'>): Promise<string[]> {
  return [...new Set((await listShards(store)).map(({ policy }) => policy))].sort();
}

/** Returns what drive would do with the archives of a policy now. Changes nothing. */
export async function previewPrune(
  deps: Deps,
  policy: string,
  { phones, parsed }: PreviewOptions = {},
): Promise<Preview> {
  const own = await policyTerms(deps, policy, parsed);
  const protect = await readProtected(deps.store);
  const judged = await judgeAll(deps, own, protect, phones);
  if (isUnreadable(judged)) {
    const counts = { standing: 0, due: 0, most: 0 };
    return {
      policy,
      block: 'unreadable',
      ...counts,
      archives: () => archivesOf(deps, own, protect, []),
    };
  }
  const counts = countVerdicts(judged);
  const most = mostDeletes(counts.standing, own.terms.rules.max_delete);
  const block = own.block ?? (counts.due > most ? ('max_delete' as const) : undefined);
  return { policy, block, ...counts, most, archives: () => archivesOf(deps, own, protect, judged) };
}

async function judgeAll(
  { store }: Deps,
  own: PolicyTerms,
  protect: Protected,
  phones: ReadonlySet<string> | undefined,
) {
  try {
    if (phones === undefined) return await judgeWhole(store, own, protect);
    return await judgeSome(store, own, protect, (phoneId) => phones.has(phoneId));
  } catch (error) {
    if (isUnreadable(error)) return error;
    throw error;
  }
}

async function* archivesOf(
  { store }: Deps,
  { terms }: PolicyTerms,
  protect: Protected,
  judged: readonly JudgedShard[],
): AsyncGenerator<JudgedArchive> {
  const { trash } = terms.rules;
  for (const { shard, verdicts } of judged) {
    for (const [index, archive] of (await readShard(store, shard)).entries()) {
      const bits = verdicts[index] ?? 0;
      const { trashed } = archive.flags;
      const isLeaving = !isKept(bits) && trash !== undefined && trashed !== undefined;
      yield {
        ...{ archive, keep: isKept(bits), reasons: reasonsOf(bits, archive.flags.leftover) },
        pinned: protect.isPinned(archive),
        ...(isLeaving ? { delete_at: trashed + trash } : {}),
      };
    }
  }
}
