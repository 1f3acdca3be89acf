import { layout, readShardKey } from '../../store/layout.ts';
import { isUnreadable, type ObjectError } from '../../store/object-error.ts';
import type { Store } from '../../store/store.ts';
import { type Archive, comparePlaces, type Place } from '../archive.ts';
import { shardObject } from './content.ts';
import { decode } from './shard.ts';

const READS_AT_ONCE = 4;

/** A shard holds a policy's archives from one place on, up to the next shard. */
export type Shard = {
  policy: string;
  /** The name of its object: `<time>.<phone id>`. */
  name: string;
  etag: string;
  from: Place;
  /** Where the policy's next shard begins; undefined for its last one. */
  to: Place | undefined;
};

type Reader = Pick<Store, 'get' | 'list'>;

/** Returns the name of a shard that begins at a place. */
export function shardName({ verified_at, phone_id }: Place): string {
  return `${String(verified_at).padStart(13, '0')}.${phone_id}`;
}

/** Returns the shards of a policy, or of all, each policy's oldest first. */
export async function listShards(store: Pick<Store, 'list'>, policy?: string): Promise<Shard[]> {
  const folder = policy === undefined ? layout.catalogue : layout.archives(policy);
  const shards = (await store.list(folder)).flatMap(({ key, etag }): Shard[] => {
    const named = readShardKey(key);
    if (named === undefined) return [];
    const { policy: owner, ...from } = named;
    return [{ policy: owner, name: shardName(from), etag, from, to: undefined }];
  });
  for (const [index, shard] of shards.entries()) {
    const next = shards[index + 1];
    if (next?.policy === shard.policy) shard.to = next.from;
  }
  return shards;
}

/** Returns the archives and the leftovers of a shard, oldest first. What belongs to the next one is left out. Throws ObjectError. */
export async function readShard(store: Reader, { policy, name, to }: Shard): Promise<Archive[]> {
  const content = await shardObject.readListed(store, policy, name);
  const archives = content === undefined ? [] : decode(policy, content);
  return to === undefined ? archives : archives.filter((own) => comparePlaces(own, to) < 0);
}

/**
 * Reads shards in the given order, some at once, more the longer it goes on. Yields an ObjectError instead of the archives of one that
 * cannot be used. Without leftovers, unless they are wanted.
 */
export async function* readShards(
  store: Reader,
  shards: readonly Shard[],
  { leftovers = false }: { leftovers?: boolean } = {},
): AsyncGenerator<{ shard: Shard; archives: Archive[] | ObjectError }> {
  let size = 1;
  for (let from = 0; from < shards.length;) {
    const batch = shards.slice(from, from + size);
    const each = batch.map(async (shard) => {
      const all = await readShard(store, shard).catch(asValue);
      const isWhole = leftovers || isUnreadable(all);
      const archives = isWhole ? all : all.filter(({ flags }) => flags.leftover === undefined);
      return { shard, archives };
    });
    yield* await Promise.all(each);
    from += size;
    size = Math.min(size * 2, READS_AT_ONCE);
  }
}

function asValue(error: unknown): ObjectError {
  if (isUnreadable(error)) return error;
  throw error;
}
