import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { T0 } from '../../support/runs.ts';

type Cache = {
  key: string;
  write: (store: Store) => Promise<void>;
  read: (store: Store) => Promise<unknown>;
  /** What is read after `write`. */
  value: unknown;
  /** What is read where there is no readable object. */
  absent?: unknown;
};

/** What every cache must do. */
export function cacheSuite(name: string, { key, write, read, value, absent }: Cache): void {
  describe(`the cache of ${name}`, () => {
    const open = () => memoryStore(playClock(T0));

    it('is one object that is read as it was written', async () => {
      const store = open();
      await write(store);
      expect((await store.list('')).map((object) => object.key)).toEqual([key]);
      expect(await read(store)).toEqual(value);
    });

    it.each([undefined, '', 'broken', '{"version":1}', '{"version":9}'])(
      'counts as absent where it holds %j',
      async (body) => {
        const store = open();
        if (body !== undefined) await store.put(key, body);
        expect(await read(store)).toEqual(absent);
      },
    );

    it('does not count as absent when the bucket does not respond', async () => {
      const get = () => Promise.reject(new Error('no response'));
      await expect(read({ ...open(), get })).rejects.toThrow('no response');
    });
  });
}
