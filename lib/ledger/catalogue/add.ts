import { hasCode } from '../../errors.ts';
import { isUnreadable, type ObjectError } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';
import { type Archive, comparePlaces } from './archive.ts';
import { grouped } from '../store/parts/grouped.ts';
import { shardObject } from './shards/content.ts';
import { encode } from './shards/shard.ts';
import { listShards, readShard, type Shard, shardName } from './shards/shards.ts';

type Writer = Pick<Store, 'get' | 'list' | 'put'>;

/**
 * Adds verified archives to the catalogue. Those that it has stay as they are, so adding twice, or again after a crash, is
 * adding once; a leftover that was verified after all becomes an archive. Returns the errors of the shards that could not be used: an invalid one is replaced, any other stays, and the new
 * archives go to a shard beside it.
 */
export async function addArchives(
  store: Writer,
  archives: readonly Archive[],
  maxShardBytes?: number,
): Promise<ObjectError[]> {
  const errors: ObjectError[] = [];
  for (const [policy, own] of grouped(archives, (archive) => archive.policy)) {
    const shards = await listShards(store, policy);
    const sorted = [...own].sort(comparePlaces);
    for (const [shard, added] of grouped(sorted, (archive) => shardOf(shards, archive))) {
      const error = await addToShard(store, { policy, shard, added, maxShardBytes });
      if (error !== undefined) errors.push(error);
    }
  }
  return errors;
}

/** Returns the shard to which an archive belongs; undefined before the first one. */
function shardOf(shards: readonly Shard[], archive: Archive): Shard | undefined {
  return shards.findLast(({ from }) => comparePlaces(from, archive) <= 0);
}

type Addition = {
  policy: string;
  /** Undefined before the policy's first one. */
  shard: Shard | undefined;
  added: Archive[];
  maxShardBytes: number | undefined;
};

async function addToShard(
  store: Writer,
  { policy, shard, added, maxShardBytes }: Addition,
): Promise<ObjectError | undefined> {
  const { known, error } = await readKnown(store, shard);
  const byId = new Map(known.map((archive) => [idOf(archive), archive]));
  const fresh = [...new Map(added.map((archive) => [idOf(archive), archive])).values()].filter(
    (archive) => {
      const same = byId.get(idOf(archive));
      return same === undefined || (isLeftover(same) && !isLeftover(archive));
    },
  );
  const [first] = fresh;
  if (first === undefined) return error;
  const isBeside = error !== undefined && !hasCode(error, 'object_invalid');
  const name = shard === undefined || isBeside ? shardName(first) : shard.name;
  if (isBeside && name === shard?.name) return error;
  for (const archive of fresh) byId.set(idOf(archive), archive);
  const all = [...byId.values()].sort(comparePlaces);
  await writeShards(store, policy, name, encode(all, maxShardBytes));
  return error;
}

async function readKnown(
  store: Writer,
  shard: Shard | undefined,
): Promise<{ known: Archive[]; error?: ObjectError }> {
  if (shard === undefined) return { known: [] };
  try {
    return { known: await readShard(store, shard) };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { known: [], error };
  }
}

/**
 * Writes what a shard becomes, which is several where it was split. The last part is written first: until the first
 * one is written, the shard still has what it had, and readers take each archive from the shard to which it belongs.
 */
export async function writeShards(
  store: Pick<Store, 'put'>,
  policy: string,
  name: string,
  encoded: ReturnType<typeof encode>,
): Promise<void> {
  const parts = encoded.map(({ first, content }, index) => ({
    name: index === 0 ? name : shardName(first),
    content,
  }));
  for (const part of parts.reverse()) await shardObject.put(store, part.content, policy, part.name);
}

const isLeftover = ({ flags }: Archive): boolean => flags.leftover !== undefined;

/** An archive is known by its object. */
const idOf = ({ bucket, key }: Archive): string => `${bucket} ${key}`;
