import type { Store } from '../../lib/ledger/store/store.ts';

/** A store that refuses every write and records every read. */
export function reading(store: Store): Store & { reads: string[]; most(): number } {
  const reads: string[] = [];
  let now = 0;
  let most = 0;
  const refuse = (): Promise<never> => Promise.reject(new Error('reading must not write'));
  const read = async <T>(what: string, from: () => Promise<T>): Promise<T> => {
    reads.push(what);
    most = Math.max(most, (now += 1));
    try {
      await Promise.resolve();
      return await from();
    } finally {
      now -= 1;
    }
  };
  return {
    reads,
    /** The most reads in flight at a time. */
    most: () => most,
    prefix: store.prefix,
    get: (key) => read(`get ${key}`, () => store.get(key)),
    list: (prefix, options) => read(`list ${prefix}`, () => store.list(prefix, options)),
    put: refuse,
    create: refuse,
    tryConditional: refuse,
    remove: refuse,
  };
}
