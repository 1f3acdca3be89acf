import type { Clock } from '../../clock.ts';
import { compareKeys } from './key-order.ts';
import { memoryStore } from './memory-store.ts';
import type { Store } from './store.ts';

/** Reads through to a store and keeps what is written in memory: for looking at what would happen. */
export function readOnly(store: Store, clock: Clock): Store {
  const written = memoryStore(clock);
  /** Keys that no longer show what lies under them. */
  const hidden = new Set<string>();

  const get: Store['get'] = (key) => (hidden.has(key) ? written.get(key) : store.get(key));
  const put: Store['put'] = (key, body) => {
    hidden.add(key);
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
      const room = max === undefined ? {} : { max: max + hidden.size };
      const under = await store.list(prefix, { ...from, ...room });
      return [...under.filter(({ key }) => !hidden.has(key)), ...(await written.list(prefix, from))]
        .sort((a, b) => compareKeys(a.key, b.key))
        .slice(0, max);
    },
    remove: async (keys) => {
      for (const key of keys) hidden.add(key);
      await written.remove(keys);
    },
  };
}
