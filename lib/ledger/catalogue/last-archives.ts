import { isUnreadable, type ObjectError } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';
import type { Archive } from './archive.ts';
import { listShards, readShards } from './shards/shards.ts';

/**
 * Returns the last verified archives of a policy's phones, as far as they are not older than what `since` says for the phone
 * (epoch ms), and the phones for which it is unknown because a shard cannot be read. Reads from the newest shard back, until
 * nothing is left to find.
 */
export async function lastArchives(
  store: Pick<Store, 'get' | 'list'>,
  policy: string,
  since: ReadonlyMap<string, number>,
): Promise<{ archives: Map<string, Archive>; unreadable: Set<string> }> {
  const archives = new Map<string, Archive>();
  const wanted = new Map(since);
  if (wanted.size === 0) return { archives, unreadable: new Set() };
  const shards = (await listShards(store, policy)).reverse();
  for await (const { shard, archives: found } of readShards(store, shards)) {
    // An older archive is not the last one when a newer shard cannot be read.
    if (isUnreadable(found)) return { archives, unreadable: new Set(wanted.keys()) };
    for (const archive of found.reverse()) {
      const after = wanted.get(archive.phone_id);
      if (after === undefined || archive.verified_at < after) continue;
      archives.set(archive.phone_id, archive);
      wanted.delete(archive.phone_id);
    }
    for (const [id, after] of wanted) if (shard.from.verified_at <= after) wanted.delete(id);
    if (wanted.size === 0) break;
  }
  return { archives, unreadable: new Set() };
}

/** Returns the last verified archives of phones that `isWanted`, of each policy, and the errors of the shards that cannot be used. Reads all shards. */
export async function allLastArchives(
  store: Pick<Store, 'get' | 'list'>,
  isWanted: (archive: Archive) => boolean,
): Promise<{ archives: Archive[]; errors: ObjectError[] }> {
  const errors: ObjectError[] = [];
  const last = new Map<string, Archive>();
  for await (const { archives } of readShards(store, await listShards(store))) {
    if (isUnreadable(archives)) errors.push(archives);
    else {
      for (const archive of archives.filter(isWanted)) {
        last.set(`${archive.policy} ${archive.phone_id}`, archive);
      }
    }
  }
  return { archives: [...last.values()], errors };
}
