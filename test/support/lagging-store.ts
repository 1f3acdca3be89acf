import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../../lib/ledger/store/store.ts';

type Listed = Awaited<ReturnType<Store['list']>>[number];

/** Returns a store whose LIST shows a key as it was `lagOf` ms ago. GET shows it at once. */
export function laggingStore(
  store: Store,
  clock: Pick<Clock, 'now'>,
  lagOf: (key: string) => number,
): Store {
  const past = new Map<string, { at: number; object: Listed | undefined }[]>();
  const note = async (key: string): Promise<void> => {
    const [object] = (await store.list(key, { max: 1 })).filter((found) => found.key === key);
    past.set(key, [...(past.get(key) ?? []), { at: clock.now(), object }]);
  };
  const noting =
    <T, Rest extends unknown[]>(write: (key: string, ...rest: Rest) => Promise<T>) =>
    async (key: string, ...rest: Rest): Promise<T> => {
      const result = await write(key, ...rest);
      await note(key);
      return result;
    };
  return {
    ...store,
    put: noting(store.put),
    create: noting(store.create),
    tryConditional: noting(store.tryConditional),
    remove: async (keys) => {
      const refused = await store.remove(keys);
      for (const key of keys) await note(key);
      return refused;
    },
    list: async (prefix, { startAfter = '', max } = {}) =>
      [...past]
        .filter(([key]) => key.startsWith(prefix) && key > startAfter)
        .flatMap(([key, states]) => {
          const shown = states.findLast(({ at }) => at <= clock.now() - lagOf(key))?.object;
          return shown === undefined ? [] : [shown];
        })
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, max),
  };
}
