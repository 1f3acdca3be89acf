import type { LogEnds } from '../run/log/log-ends.ts';
import { compareKeys } from '../store/key-order.ts';
import { layout, readShardKey } from '../store/layout.ts';
import { getObject, isUnreadable } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';
import { namesNoted, noteNames } from './note-names.ts';

type Listed = Awaited<ReturnType<Store['list']>>;

const shardOf = (key: string): string | undefined =>
  readShardKey(key) === undefined ? undefined : key;

/**
 * Returns a store whose LIST of the catalogue is up to date with what drives have written and deleted: an archive that is added to
 * another shard than the one to which it belongs is lost. Notes in `log.shards` the shards that this drive adds and deletes. Where
 * LIST disagrees with what is known, GET decides.
 */
export function knowShards(store: Store, log: LogEnds): Store {
  const listed = new Set<string>();
  const isListed = (key: string): boolean => listed.has(key);
  return {
    ...noteNames(store, { nameOf: shardOf, noted: log.shards, isListed }),
    list: async (prefix, options) => {
      const found = await store.list(prefix, options);
      if (options !== undefined || !prefix.startsWith(layout.catalogue)) return found;
      for (const { key } of found) listed.add(key);
      const noted = namesNoted(log, 'shards').filter(([key]) => key.startsWith(prefix));
      return upToDate(store, found, new Map(noted));
    },
  };
}

async function upToDate(
  store: Pick<Store, 'get'>,
  found: Listed,
  noted: ReadonlyMap<string, boolean>,
): Promise<Listed> {
  const byKey = new Map(found.map((object) => [object.key, object]));
  for (const [key, isThere] of noted) {
    if (isThere === byKey.has(key)) continue;
    const object = await find(store, key);
    if (object === undefined) byKey.delete(key);
    else byKey.set(key, object);
  }
  return [...byKey.values()].sort((a, b) => compareKeys(a.key, b.key));
}

/** Returns an object as LIST would show it: also one that cannot be read. */
async function find(store: Pick<Store, 'get'>, key: string): Promise<Listed[number] | undefined> {
  try {
    const object = await getObject(store, key);
    if (object === undefined) return undefined;
    const { body, ...found } = object;
    return { key, size: body.length, ...found };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { key, size: 0, etag: '', lastModified: 0 };
  }
}
