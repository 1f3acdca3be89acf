import type { LogEnds } from '../run/log/log-ends.ts';
import { compareKeys } from '../store/key-order.ts';
import { layout, readShardKey } from '../store/layout.ts';
import { getObject, isUnreadable } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';

type Listed = Awaited<ReturnType<Store['list']>>;

const isShard = (key: string): boolean => readShardKey(key) !== undefined;

/**
 * Returns a store whose LIST of the catalogue is up to date with what drives have written and deleted: an archive that is added to
 * another shard than the one to which it belongs is lost. Notes in `log.shards` the shards that this drive adds and deletes. Where
 * LIST disagrees with what is known, GET decides.
 */
export function knowShards(store: Store, log: LogEnds): Store {
  const listed = new Set<string>();
  return {
    ...store,
    put: (key, body) => {
      const isKnown = listed.has(key) && !log.shards.has(key);
      if (isShard(key) && !isKnown) log.shards.set(key, true);
      return store.put(key, body);
    },
    remove: async (keys) => {
      const refused = await store.remove(keys);
      const left = new Set(refused.map(({ key }) => key));
      for (const key of keys) if (isShard(key) && !left.has(key)) log.shards.set(key, false);
      return refused;
    },
    list: async (prefix, options) => {
      const found = await store.list(prefix, options);
      if (options !== undefined || !prefix.startsWith(layout.catalogue)) return found;
      for (const { key } of found) listed.add(key);
      return upToDate(store, found, shardsBelow(prefix, log));
    },
  };
}

/** Returns what drives have written (true) and deleted (false) below a prefix, by key, the last one first. */
function shardsBelow(prefix: string, { earlier, shards }: LogEnds): Map<string, boolean> {
  const noted = [...earlier.flatMap((ends) => Object.entries(ends.shards ?? {})), ...shards];
  return new Map(noted.filter(([key]) => key.startsWith(prefix)));
}

async function upToDate(
  store: Pick<Store, 'get'>,
  found: Listed,
  noted: Map<string, boolean>,
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
