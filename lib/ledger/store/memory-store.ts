import type { Clock } from '../../clock.ts';
import { compareKeys } from './key-order.ts';
import type { Conditional, Store, StoredObject } from './store.ts';

/** Returns a store in memory that behaves like a bucket. */
export function memoryStore(clock: Clock, conditional: Conditional = 'honoured'): Store {
  const objects = new Map<string, StoredObject>();
  let writes = 0;

  const write = (key: string, body: string): void => {
    writes += 1;
    objects.set(key, { body, etag: `e${writes}`, lastModified: clock.now() });
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
    list: async (prefix, options = {}) =>
      [...objects.entries()]
        .filter(([key]) => key.startsWith(prefix) && compareKeys(key, options.startAfter ?? '') > 0)
        .sort(([a], [b]) => compareKeys(a, b))
        .slice(0, options.max)
        .map(([key, { body, etag, lastModified }]) => ({
          key,
          size: Buffer.byteLength(body),
          etag,
          lastModified,
        })),
    remove: async (keys) => {
      for (const key of keys) objects.delete(key);
      return [];
    },
  };
}
