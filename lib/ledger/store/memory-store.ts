import type { Clock } from '../../clock.ts';
import { compareKeys } from './key-order.ts';
import type { Conditional, Store, StoredObject } from './store.ts';

/** Returns a store in memory that behaves like a bucket. */
export function memoryStore(clock: Clock, conditional: Conditional = 'honoured'): Store {
  const objects = new Map<string, StoredObject>();
  /** The keys, in order. */
  const sorted: string[] = [];
  let writes = 0;

  /** Returns how many keys come before `key`. */
  const before = (key: string): number => {
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (compareKeys(sorted[middle] ?? '', key) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  const write = (key: string, body: string): void => {
    writes += 1;
    if (!objects.has(key)) sorted.splice(before(key), 0, key);
    objects.set(key, { body, etag: `e${writes}`, lastModified: clock.now() });
  };
  const listed = (key: string) => {
    const { body, etag, lastModified } = objects.get(key) ?? {
      body: '',
      etag: '',
      lastModified: 0,
    };
    return { key, size: Buffer.byteLength(body), etag, lastModified };
  };

  return {
    prefix: '',
    get: async (key) => objects.get(key),
    put: async (key, body) => write(key, body),
    create: async (key, body) => {
      if (objects.has(key)) return 'exists';
      write(key, body);
      return 'created';
    },
    tryConditional: async (key, body) => {
      if (conditional === 'refused') return 'refused';
      if (conditional === 'honoured' && objects.has(key)) return 'honoured';
      write(key, body);
      return 'ignored';
    },
    list: async (prefix, { startAfter = '', max = Number.POSITIVE_INFINITY } = {}) => {
      const keys: string[] = [];
      const from = compareKeys(startAfter, prefix) > 0 ? startAfter : prefix;
      for (let at = before(from); keys.length < max; at += 1) {
        const key = sorted[at];
        if (key?.startsWith(prefix) !== true) break;
        if (key !== startAfter) keys.push(key);
      }
      return keys.map(listed);
    },
    remove: async (keys) => {
      for (const key of keys) if (objects.delete(key)) sorted.splice(before(key), 1);
      return [];
    },
  };
}
