import type { LogEnds } from '../run/log/log-ends.ts';
import type { Store } from '../store/store.ts';

type Noting = {
  /** Returns the name of an object whose writes are noted; undefined for any other key. */
  nameOf: (key: string) => string | undefined;
  noted: Map<string, boolean>;
  /** Whether LIST shows the object anyway: that it is written again is not noted. */
  isListed?: (key: string) => boolean;
};

/** Returns a store that notes by name which objects it has written (true) or deleted (false). */
export function noteNames(store: Store, { nameOf, noted, isListed = () => false }: Noting): Store {
  return {
    ...store,
    put: (key, body) => {
      const name = nameOf(key);
      const isNoted = name !== undefined && (noted.has(name) || !isListed(key));
      // Before the call: an object that was not confirmed may be there.
      if (isNoted) noted.set(name, true);
      return store.put(key, body);
    },
    remove: async (keys) => {
      const refused = await store.remove(keys);
      const left = new Set(refused.map(({ key }) => key));
      for (const key of keys) {
        const name = nameOf(key);
        if (name !== undefined && !left.has(key)) noted.set(name, false);
      }
      return refused;
    },
  };
}

/** Returns what drives have written (true) or deleted (false), by name: the last of a name counts. */
export function namesNoted(log: LogEnds, kind: 'orphaned' | 'shards'): [string, boolean][] {
  return [...log.earlier.flatMap((ends) => Object.entries(ends[kind] ?? {})), ...log[kind]];
}
