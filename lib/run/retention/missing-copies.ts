import pLimit from 'p-limit';
import type { Archive } from '../../ledger/catalogue/archive.ts';
import { readShard } from '../../ledger/catalogue/shards/shards.ts';
import { grouped } from '../../ledger/store/parts/grouped.ts';
import type { JudgedShard } from './judge/judge-policy.ts';
import type { Deps } from './prune-shard.ts';

/** A folder in which so few archives are looked for is not listed. */
const FEW = 4;
const HEADS_AT_ONCE = 8;
/** What LIST does not show as it was verified is asked for by HEAD; more than these count as missing. */
const MAX_HEADS = 200;

type Copy = Pick<Archive, 'phone_id' | 'bucket' | 'key' | 'size' | 'etag'>;

/**
 * Looks up in the bucket the last good archives of the phones of which something is due. Returns those that are missing, or have another
 * size or ETag than when they were verified. Yields between calls. Throws what a LIST failed with.
 */
export async function* findMissingCopies(
  deps: Pick<Deps, 'store' | 'archives'>,
  judged: readonly JudgedShard[],
): AsyncGenerator<void, Copy[]> {
  const copies: Copy[] = [];
  for (const { shard, guards } of judged) {
    if (guards.length === 0) continue;
    const archives = await readShard(deps.store, shard);
    for (const row of guards) {
      const archive = archives[row];
      if (archive === undefined) continue;
      const { phone_id, bucket, key, size, etag } = archive;
      copies.push({ phone_id, bucket, key, size, etag });
    }
    yield;
  }
  const unclear: Copy[] = [];
  for (const own of grouped(copies, ({ bucket, key }) => `${bucket} ${folderOf(key)}`).values()) {
    unclear.push(...(own.length <= FEW ? own : await notListed(deps, own)));
    yield;
  }
  const limit = pLimit(HEADS_AT_ONCE);
  const each = unclear.slice(0, MAX_HEADS).map((copy) =>
    limit(async () => {
      const found = await deps.archives.head(copy.bucket, copy.key);
      return isSame(copy, found) ? [] : [copy];
    }),
  );
  return [...(await Promise.all(each)).flat(), ...unclear.slice(MAX_HEADS)];
}

/** Returns those archives of a folder that LIST does not show as they were verified. */
async function notListed(
  { archives }: Pick<Deps, 'archives'>,
  copies: readonly Copy[],
): Promise<Copy[]> {
  const [first] = copies;
  if (first === undefined) return [];
  const { objects } = await archives.list(first.bucket, folderOf(first.key));
  const found = new Map(objects.map((object) => [object.key, object]));
  return copies.filter((copy) => !isSame(copy, found.get(copy.key)));
}

const isSame = (copy: Copy, found: { size: number; etag: string } | undefined): boolean =>
  found?.size === copy.size && found.etag === copy.etag;

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);
