import type { Clock } from '../../clock.ts';
import { compareKeys } from './key-order.ts';
import { memoryStore } from './memory-store.ts';
import type { Store } from './store.ts';

/** Returns a store that reads from `store` and keeps all writes in memory. For previews. */
export function readOnly(store: Store, clock: Clock): Store {
  const written = memoryStore(clock);
  /** Keys that were written or removed: `store` is not read for them. */
  const changed = new Set<string>();

  const get: Store['get'] = (key) => (changed.has(key) ? written.get(key) : store.get(key));
  const put: Store['put'] = (key, body) => {
    changed.add(key);
    return written.put(key, body);
  };
  const create: Store['create'] = async (key, body) => {
    if ((await get(key)) !== undefined) return 'exists';
    await put(key, body);
    return 'created';
  };
  return {
    prefix: store.prefix,
    get,
    put,
    create,
    tryConditional: async (key, body) =>
      (await create(key, body)) === 'exists' ? 'honoured' : 'ignored',
    list: async (prefix, options = {}) => {
      const { max, ...from } = options;
      const room = max === undefined ? {} : { max: max + changed.size };
      const unchanged = await store.list(prefix, { ...from, ...room });
      return [
        ...unchanged.filter(({ key }) => !changed.has(key)),
        ...(await written.list(prefix, from)),
      ]
        .sort((a, b) => compareKeys(a.key, b.key))
        .slice(0, max);
    },
    remove: async (keys) => {
      for (const key of keys) changed.add(key);
      return written.remove(keys);
    },
  };
}
