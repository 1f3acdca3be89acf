import type { LogEnds } from '../run/log/log-ends.ts';
import { readOpenKey } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

/** Returns the id of an object of `open/late/` from its key; undefined for any other key. */
function orphanOf(key: string): string | undefined {
  const entry = readOpenKey(key);
  return entry?.kind === 'orphaned' ? entry.id : undefined;
}

/** Returns a store that notes in `orphaned` which objects of `open/late/` it has written (true) or deleted (false). */
export function noteOrphans(store: Store, orphaned: Map<string, boolean>): Store {
  return {
    ...store,
    put: (key, body) => {
      const id = orphanOf(key);
      // Before the call: an object that was not confirmed may be there.
      if (id !== undefined) orphaned.set(id, true);
      return store.put(key, body);
    },
    remove: async (keys) => {
      const refused = await store.remove(keys);
      const left = new Set(refused.map(({ key }) => key));
      for (const key of keys) {
        const id = orphanOf(key);
        if (id !== undefined && !left.has(key)) orphaned.set(id, false);
      }
      return refused;
    },
  };
}

/** Returns the ids of the objects of `open/late/`: those that a LIST shows, and what drives have written or deleted since. */
export function orphanNames(listed: readonly string[], log: LogEnds): string[] {
  const names = new Set(listed);
  const noted = [...log.earlier.flatMap(({ orphaned = {} }) => Object.entries(orphaned))];
  for (const [id, isThere] of [...noted, ...log.orphaned]) {
    if (isThere) names.add(id);
    else names.delete(id);
  }
  return [...names];
}
