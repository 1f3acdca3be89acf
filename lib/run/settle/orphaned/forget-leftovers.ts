import { ifReadable } from '../../../ledger/store/object-error.ts';
import type { Store } from '../../../ledger/store/store.ts';
import { rewriteShard } from '../../../ledger/catalogue/shards/rewrite.ts';
import { listShards } from '../../../ledger/catalogue/shards/shards.ts';

/**
 * Takes the leftovers with these keys out of a policy's catalogue: they were verified after all. `since`: when their run started (epoch
 * ms). A shard that cannot be read stays as it is.
 */
export async function forgetLeftovers(
  store: Pick<Store, 'get' | 'list' | 'put' | 'remove'>,
  policy: string,
  { keys, since }: { keys: ReadonlySet<string>; since: number },
): Promise<void> {
  for (const shard of await listShards(store, policy)) {
    if (shard.to !== undefined && shard.to.verified_at < since) continue;
    const rewriting = rewriteShard(store, shard, undefined, (archive) =>
      archive.flags.leftover !== undefined && keys.has(archive.key) ? undefined : archive,
    );
    await ifReadable(rewriting);
  }
}
