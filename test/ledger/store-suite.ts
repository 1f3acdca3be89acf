import { describe, expect, it } from 'vitest';
import type { Store } from '../../lib/ledger/store.ts';

/** What every store of the ledger must do, whatever lies under it. */
export function storeSuite(name: string, open: () => Promise<Store>): void {
  describe(`${name} as a store`, () => {
    it('gives back what was written, and the newest of it', async () => {
      const store = await open();
      await store.put('a/1.json', '{"text":"中文 \\u0000"}');
      await store.put('a/1.json', 'second');
      expect((await store.get('a/1.json'))?.body).toBe('second');
      expect(await store.get('a/2.json')).toBeUndefined();
    });

    it('changes the etag with the content', async () => {
      const store = await open();
      await store.put('a', 'one');
      const one = (await store.get('a'))?.etag;
      await store.put('a', 'two');
      expect((await store.get('a'))?.etag).not.toBe(one);
      expect((await store.list(''))[0]?.etag).toBe((await store.get('a'))?.etag);
    });

    it('creates once', async () => {
      const store = await open();
      expect(await store.create('a', 'first')).toBe('created');
      expect(await store.create('a', 'second')).toBe('exists');
      expect((await store.get('a'))?.body).toBe('first');
    });

    it('lists in key order, below a prefix, after a key, up to a number', async () => {
      const store = await open();
      for (const key of ['b/2', 'b/10', 'a/1', 'b/1', 'c']) await store.put(key, key);
      const keys = async (...args: Parameters<Store['list']>) =>
        (await store.list(...args)).map((object) => object.key);
      expect(await keys('')).toEqual(['a/1', 'b/1', 'b/10', 'b/2', 'c']);
      expect(await keys('b/')).toEqual(['b/1', 'b/10', 'b/2']);
      expect(await keys('b/', { startAfter: 'b/1' })).toEqual(['b/10', 'b/2']);
      expect(await keys('b/', { max: 1 })).toEqual(['b/1']);
      expect(await keys('d/')).toEqual([]);
    });

    it('lists more than a page', async () => {
      const store = await open();
      const keys = Array.from({ length: 1_203 }, (_, n) => `log/${String(n).padStart(5, '0')}`);
      await Promise.all(keys.map((key) => store.put(key, '-')));
      expect((await store.list('log/')).map((object) => object.key)).toEqual(keys);
    });

    it('removes one or many, present or not', async () => {
      const store = await open();
      for (const key of ['a', 'b', 'c']) await store.put(key, key);
      await store.remove(['a']);
      await store.remove(['b', 'x']);
      await store.remove([]);
      expect((await store.list('')).map((object) => object.key)).toEqual(['c']);
    });
  });
}
