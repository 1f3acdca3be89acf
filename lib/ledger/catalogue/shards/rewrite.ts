import type { Store } from '../../store/store.ts';
import { layout } from '../../store/layout.ts';
import { writeShards } from '../add.ts';
import type { Archive } from '../archive.ts';
import { shardObject } from './content.ts';
import { encode } from './shard.ts';
import { readShard, type Shard } from './shards.ts';

/** A shard that lost most of its archives joins the one before it. */
const JOINS_BELOW = 1 / 4;

const EMPTY = { phones: [], includes: {}, runs: [], archives: [] };

type Writer = Pick<Store, 'get' | 'list' | 'put' | 'remove'>;

/**
 * Changes the archives of a shard: `change` returns an archive as it is to be, or undefined for one that leaves the catalogue. Writes
 * only when something changes. A shard that is left empty is deleted; one that lost most of its archives joins `before`, the
 * policy's shard before it, where there is room. Returns the last shard that stands: `before` of the next one. Throws ObjectError.
 */
export async function rewriteShard(
  store: Writer,
  shard: Shard,
  before: Shard | undefined,
  change: (archive: Archive) => Archive | undefined,
): Promise<Shard | undefined> {
  const { policy, name } = shard;
  const archives = await readShard(store, shard);
  const kept = archives.map(change).filter((archive) => archive !== undefined);
  const isChanged = archives.some((archive, index) => archive !== kept[index]);
  if (!isChanged) return shard;
  const hasShrunk = kept.length < archives.length * JOINS_BELOW;
  if (hasShrunk && before !== undefined) {
    const joined = { ...before, to: shard.to };
    const all = [...(await readShard(store, { ...before, to: shard.from })), ...kept];
    const encoded = encode(all);
    if (encoded.length === 1) {
      // Until the shard is deleted, readers leave out what belongs to it.
      if (kept.length > 0) await writeShards(store, policy, before.name, encoded);
      await remove(store, shard);
      return joined;
    }
  }
  if (kept.length > 0) {
    await writeShards(store, policy, name, encode(kept));
    return shard;
  }
  await remove(store, shard);
  return before === undefined ? undefined : { ...before, to: shard.to };
}

/** A shard that cannot be deleted stays as an empty one. */
async function remove(store: Writer, { policy, name }: Shard): Promise<void> {
  const [refused] = await store.remove([layout.archiveShard(policy, name)]);
  if (refused !== undefined) await shardObject.put(store, EMPTY, policy, name);
}
