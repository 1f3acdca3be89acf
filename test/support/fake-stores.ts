import { PhonevaultError } from '../../lib/errors.ts';
import type { Store } from '../../lib/ledger/store/store.ts';

/** A store that refuses every write and records every read. */
export function recordReads(store: Store): Store & { reads: string[]; maxInFlight(): number } {
  const reads: string[] = [];
  let now = 0;
  let max = 0;
  const refuse = (): Promise<never> => Promise.reject(new Error('this store is read-only'));
  const read = async <T>(what: string, from: () => Promise<T>): Promise<T> => {
    reads.push(what);
    max = Math.max(max, (now += 1));
    try {
      await Promise.resolve();
      return await from();
    } finally {
      now -= 1;
    }
  };
  return {
    reads,
    /** The largest number of reads in flight at once. */
    maxInFlight: () => max,
    prefix: store.prefix,
    get: (key) => read(`get ${key}`, () => store.get(key)),
    list: (prefix, options) => read(`list ${prefix}`, () => store.list(prefix, options)),
    put: refuse,
    create: refuse,
    tryConditional: refuse,
    remove: refuse,
  };
}

/** Returns the same deps with a store that fails every `operation` on a key that begins with `prefix`. */
export function withFailingStore<D extends { store: Store }>(
  deps: D,
  operation: 'get' | 'put' | 'list' | 'create' | 'remove',
  error: Error = new PhonevaultError('unreachable', 'no answer'),
  prefix = '',
): D {
  const real = deps.store[operation] as (key: string | string[], ...rest: never[]) => unknown;
  const own = (key: string | string[], ...rest: never[]): unknown =>
    [key].flat().some((one) => one.startsWith(prefix)) ? Promise.reject(error) : real(key, ...rest);
  return { ...deps, store: { ...deps.store, [operation]: own } };
}
