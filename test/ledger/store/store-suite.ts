import { describe, expect, it } from 'vitest';
import type { Store } from '../../../lib/ledger/store/store.ts';
import type { playClock } from '../../../testing/play-clock.ts';

/** Opens an empty ledger. Its clock is moved by hand and starts at the store's time. */
export type OpenLedger = () => Promise<{ store: Store; clock: ReturnType<typeof playClock> }>;

/** Keys that something on the way may take for something else, in the order of their UTF-8 bytes. */
const ODD_KEYS = [
  ' lead',
  '#hash',
  '%',
  '%2F',
  '+',
  '100%',
  '?query=1&x',
  'a b',
  'a%20b',
  'a&b',
  'a//b',
  'a<b>',
  'a\\b',
  'dir/',
  'dir/a:b@c$d,e;f',
  'e\u0301',
  'quote\'"`',
  'trail ',
  'x'.repeat(900),
  '{[|^~!*()]}',
  '\u00e9',
  '中文/云手机.json',
  '\uff5e',
  '\u{1f600}',
];

const BODIES: [string, string][] = [
  ['nothing', ''],
  ['a line end', '\n'],
  ['a byte order mark', '\ufefftext'],
  ['characters of all lengths', '\u0000 a é 中 \u{1f600} \u2028'],
  ['three megabytes', 'é0123456789abcd'.repeat(200_000)],
];

/** `creators` create the same key at once, in `rounds`; none where two may both succeed. */
type Race = { creators: number; rounds: number };

type OpenStore = () => Promise<Store>;

/** What `create` of every store must do. */
export function createSuite(name: string, open: OpenStore, race?: Race): void {
  describe(`${name}: create`, () => {
    it('creates a new object and keeps an existing one', async () => {
      const store = await open();
      expect(await store.create('a', 'first')).toBe('created');
      expect(await store.create('a', 'second')).toBe('exists');
      expect((await store.get('a'))?.body).toBe('first');
      await store.remove(['a']);
      expect(await store.create('a', 'third')).toBe('created');
    });

    it.runIf(race)('lets only one of many concurrent writers create a key', async () => {
      const { creators, rounds } = race as Race;
      const store = await open();
      for (let round = 0; round < rounds; round += 1) {
        const key = `race/${round}`;
        const attempts = Array.from({ length: creators }, (_, n) => store.create(key, `of ${n}`));
        const outcomes = await Promise.all(attempts);
        const winners = outcomes.flatMap((outcome, n) => (outcome === 'created' ? [n] : []));
        expect(winners).toHaveLength(1);
        expect((await store.get(key))?.body).toBe(`of ${winners[0]}`);
      }
    });
  });
}

/** What every store of the ledger must do, whatever lies under it. */
export function storeSuite(
  name: string,
  open: OpenStore,
  { page = 1_000, ...race }: Partial<Race> & { page?: number } = {},
): void {
  const { creators, rounds } = race;
  createSuite(
    name,
    open,
    creators === undefined || rounds === undefined ? undefined : { creators, rounds },
  );

  const keysOf = async (store: Store, ...args: Parameters<Store['list']>) =>
    (await store.list(...args)).map((object) => object.key);

  describe(`${name} as a store`, () => {
    it('returns the newest content of a key', async () => {
      const store = await open();
      await store.put('a/1.json', '{"text":"中文 \\u0000"}');
      await store.put('a/1.json', 'second');
      expect((await store.get('a/1.json'))?.body).toBe('second');
      expect(await store.get('a/2.json')).toBeUndefined();
    });

    it.each(BODIES)('keeps a body of %s as it is', async (_, body) => {
      const store = await open();
      await store.put('a', body);
      expect((await store.get('a'))?.body === body).toBe(true);
      expect((await store.list(''))[0]?.size).toBe(Buffer.byteLength(body));
    });

    it('changes the etag with the content', async () => {
      const store = await open();
      await store.put('a', 'one');
      const one = (await store.get('a'))?.etag;
      await store.put('a', 'two');
      expect((await store.get('a'))?.etag).not.toBe(one);
      expect((await store.list(''))[0]?.etag).toBe((await store.get('a'))?.etag);
    });

    it('lists in key order, by prefix, after a key, up to a maximum', async () => {
      const store = await open();
      for (const key of ['b/2', 'b/10', 'a/1', 'b/1', 'c']) await store.put(key, key);
      expect(await keysOf(store, '')).toEqual(['a/1', 'b/1', 'b/10', 'b/2', 'c']);
      expect(await keysOf(store, 'b/')).toEqual(['b/1', 'b/10', 'b/2']);
      expect(await keysOf(store, 'b/', { startAfter: 'b/1' })).toEqual(['b/10', 'b/2']);
      expect(await keysOf(store, 'b/', { startAfter: 'b/11' })).toEqual(['b/2']);
      expect(await keysOf(store, 'b/', { startAfter: 'a' })).toEqual(['b/1', 'b/10', 'b/2']);
      expect(await keysOf(store, 'b/', { max: 1 })).toEqual(['b/1']);
      expect(await keysOf(store, 'd/')).toEqual([]);
    });

    it('keeps unusual keys apart, in the order of their bytes', async () => {
      const store = await open();
      await Promise.all([...ODD_KEYS].reverse().map((key) => store.put(key, `at ${key}`)));
      expect(await keysOf(store, '')).toEqual(ODD_KEYS);
      for (const [n, key] of ODD_KEYS.entries()) {
        expect((await store.get(key))?.body).toBe(`at ${key}`);
        expect((await store.list(key))[0]?.key).toBe(key);
        const after = await keysOf(store, '', { startAfter: key, max: 1 });
        expect(after).toEqual(ODD_KEYS.slice(n + 1, n + 2));
      }
      expect(await store.create('中文/云手机.json', '')).toBe('exists');
      await store.remove(ODD_KEYS);
      expect(await store.list('')).toEqual([]);
    });

    it('lists and removes more than one page', async () => {
      const store = await open();
      const keys = Array.from(
        { length: page + Math.ceil(page / 5) },
        (_, n) => `log/${String(n).padStart(5, '0')}${n % 25 === 0 ? ' &+é' : ''}`,
      );
      await Promise.all(keys.map((key) => store.put(key, '-')));
      expect(await keysOf(store, 'log/')).toEqual(keys);
      expect(await keysOf(store, 'log/', { max: page + 5 })).toEqual(keys.slice(0, page + 5));
      expect(await keysOf(store, 'log/', { startAfter: keys[9] ?? '' })).toEqual(keys.slice(10));
      await store.remove(keys.slice(1));
      expect(await keysOf(store, 'log/')).toEqual(keys.slice(0, 1));
    });

    it('removes one or many, present or not', async () => {
      const store = await open();
      for (const key of ['a', 'b', 'c']) await store.put(key, key);
      await store.remove(['a']);
      await store.remove(['a']);
      await store.remove(['b', 'x']);
      await store.remove([]);
      expect(await keysOf(store, '')).toEqual(['c']);
    });
  });
}
