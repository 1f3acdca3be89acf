import type { Archive } from '../../ledger/catalogue/archive.ts';
import { listShards, readShards, type Shard } from '../../ledger/catalogue/shards/shards.ts';
import type { ShardTotals, Totals } from '../../ledger/state/totals.ts';
import { ifReadable, isUnreadable } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';

type Reader = Pick<Store, 'get' | 'list'>;

/** `all` is false when a shard cannot be read, or more have changed than may be read at once. Sizes in bytes. */
export type ArchiveTotals = { archives: number; bytes: number; all: boolean };

/** Drive counts each run's archives. More has changed only after the catalogue was rebuilt. */
const MAX_READS = 4;

/**
 * Returns what the catalogue holds of a policy, for a reader of its totals; undefined when that cannot be read. Reads at most 4 shards
 * that have changed since.
 */
export async function archiveTotals(
  store: Reader,
  policy: string,
  totals: Totals | undefined,
): Promise<ArchiveTotals | undefined> {
  const counting = countShards(store, policy, totals?.shards ?? {}, MAX_READS);
  return (await ifReadable(counting))?.totals;
}

/**
 * Returns what each shard of a policy holds. Reads only shards that have changed since `known`, at most `maxReads` of them, newest
 * first; those left out keep their old numbers.
 */
export async function countShards(
  store: Reader,
  policy: string,
  known: ShardTotals,
  maxReads: number,
): Promise<{ shards: ShardTotals; totals: ArchiveTotals }> {
  const listed = await listShards(store, policy);
  const shards = new Map<string, ShardTotals[string]>();
  for (const { name } of listed) {
    const old = Object.hasOwn(known, name) ? known[name] : undefined;
    if (old !== undefined) shards.set(name, old);
  }
  const isCounted = ({ name, etag }: Shard): boolean => shards.get(name)?.[0] === etag;
  const changed = listed.filter((shard) => !isCounted(shard)).reverse();
  for await (const { shard, archives } of readShards(store, changed.slice(0, maxReads))) {
    if (isUnreadable(archives)) shards.delete(shard.name);
    else shards.set(shard.name, [shard.etag, archives.length, bytesOf(archives)]);
  }
  const values = [...shards.values()];
  return {
    shards: Object.fromEntries(shards),
    totals: {
      archives: values.reduce((sum, [, count]) => sum + count, 0),
      bytes: values.reduce((sum, [, , bytes]) => sum + bytes, 0),
      all: listed.every(isCounted),
    },
  };
}

const bytesOf = (archives: readonly Archive[]): number =>
  archives.reduce((sum, { size }) => sum + size, 0);
