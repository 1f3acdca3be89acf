import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { includeSet } from '../../../lib/ledger/catalogue/archive.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { MAX_OBJECT_BYTES } from '../../../lib/ledger/store/parts/split.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { archiveOf, catalogued } from '../../support/archives.ts';
import { untilKilled, withFailingStore } from '../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

/** Bytes of a shard of some hundred archives. */
const SMALL = 16 * 1024;

const open = () => memoryStore(playClock());
const keysOf = async (store: Store) => (await store.list('phones/')).map(({ key }) => key);
const idOf = (n: number) => n.toString(16).padStart(32, '0');

/** The archives of a run of phones, one every 10 ms. */
const night = (phones: number, at: number, etag = 'f'.repeat(32)) =>
  Array.from({ length: phones }, (_, n) =>
    archiveOf(idOf(n), at + n * 10, { run_id: `nightly-${at}`, size: 2_000_000 + n, etag }),
  );

describe('addArchives', () => {
  it('stores what is known of an archive', async () => {
    const store = open();
    const archive = archiveOf('p1', T0, {
      ...{ phone_name: 'game', trigger: 'manual', image_version: 'AOSP 10.0' },
      includes: includeSet(['/data/media/0', '/data/data'], ['/data/data/cache']),
      flags: { generation: T0 - MINUTE, suspect: true, pinned: true },
    });
    await addArchives(store, [archive]);
    expect(await catalogued(store)).toEqual([archive]);
  });

  it('keeps the name of a file that does not follow from the phone and the attempt', async () => {
    const store = open();
    const keys = ['a/b/other.tar', 'a/b/p1-01.tar', 'p1-1.tar'];
    const archives = keys.map((key, n) => archiveOf('p1', T0 - n, { key }));
    await addArchives(store, archives);
    expect((await catalogued(store)).map(({ key }) => key)).toEqual(keys);
  });

  it('keeps the nights of a small fleet in one object for each policy', async () => {
    const store = open();
    for (let at = T0; at < T0 + 30 * 1_440 * MINUTE; at += 1_440 * MINUTE) {
      await addArchives(store, night(60, at));
    }
    expect(await keysOf(store)).toHaveLength(1);
    expect(await catalogued(store)).toHaveLength(1_800);
    await addArchives(store, [archiveOf('p1', T0, { policy: 'weekly' })]);
    expect(await keysOf(store)).toHaveLength(2);
  });

  it('splits what is too large for an object, and needs few calls for a run of 1,000 phones', async () => {
    const store = open();
    const all = [];
    for (let at = T0; at < T0 + 14 * MINUTE; at += MINUTE) {
      const calls: string[] = [];
      const counted: Store = {
        ...store,
        get: (key) => (calls.push('get'), store.get(key)),
        put: (key, body) => (calls.push('put'), store.put(key, body)),
        list: (key, options) => (calls.push('list'), store.list(key, options)),
      };
      all.push(...night(1_000, at));
      await addArchives(counted, night(1_000, at));
      expect(calls.length).toBeLessThanOrEqual(4);
    }
    const objects = await store.list('phones/');
    expect(objects.length).toBeLessThan(5);
    expect(Math.max(...objects.map(({ size }) => size))).toBeLessThan(MAX_OBJECT_BYTES);
    expect(objects.reduce((sum, { size }) => sum + size, 0) / all.length).toBeLessThan(90);
    expect(new Set((await catalogued(store)).map(({ key }) => key))).toEqual(
      new Set(all.map(({ key }) => key)),
    );
  });

  it('stays below the size of an object with the longest names and paths', async () => {
    const store = open();
    const wide = (n: number) =>
      archiveOf(String(n).padStart(64, 'x'), T0 + n, {
        ...{ phone_name: '手机'.repeat(60), image_version: '😀'.repeat(60) },
        key: `${'a'.repeat(900)}/nightly-${n}/${String(n).padStart(64, 'x')}-1.tar`,
        includes: includeSet(
          Array.from({ length: 100 }, (_, p) => `/data/${p}${n % 7}`),
          [],
        ),
      });
    await addArchives(
      store,
      Array.from({ length: 1_500 }, (_, n) => wide(n)),
    );
    const objects = await store.list('phones/');
    expect(Math.max(...objects.map(({ size }) => size))).toBeLessThan(MAX_OBJECT_BYTES);
    expect(await catalogued(store)).toHaveLength(1_500);
  });

  it('adds an archive once, and keeps its flags', async () => {
    const store = open();
    const pinned = archiveOf('p1', T0, { flags: { pinned: true } });
    await addArchives(store, [pinned]);
    await addArchives(store, [archiveOf('p1', T0), archiveOf('p1', T0)]);
    expect(await catalogued(store)).toEqual([pinned]);
  });

  it('keeps archives of one place together when a shard is split', async () => {
    const store = open();
    const same = Array.from({ length: 500 }, (_, n) =>
      archiveOf(idOf(n % 5), T0, { key: `k/${n}.tar`, etag: 'e'.repeat(32) }),
    );
    await addArchives(store, same, SMALL);
    expect((await keysOf(store)).length).toBeGreaterThan(1);
    expect(await catalogued(store)).toHaveLength(500);
  });

  it('adds archives from before and between others, in any order', async () => {
    const store = open();
    const nights = [3, 1, 2, 0].map((n) => night(180, T0 + n * MINUTE));
    for (const archives of nights) await addArchives(store, archives, SMALL);
    const found = await catalogued(store);
    expect(found).toHaveLength(720);
    expect(new Set(found.map(({ key }) => key)).size).toBe(720);
    expect((await keysOf(store)).length).toBeGreaterThan(3);
  });

  it('loses and doubles nothing when it is killed before any call, and repeated', async () => {
    const [first, second] = [night(160, T0), night(240, T0 + MINUTE)];
    const wanted = [...first, ...second].map(({ key }) => key).sort();
    for (let calls = 0; ; calls += 1) {
      const store = open();
      await addArchives(store, first, SMALL);
      const add = (dying: Store) => addArchives(dying, second, SMALL);
      const isKilled = await untilKilled(store, calls, add, ['get', 'put', 'list']);
      const between = (await catalogued(store)).map(({ key }) => key);
      expect(new Set(between).size).toBe(between.length);
      expect(between.length).toBeGreaterThanOrEqual(160);
      await addArchives(store, second, SMALL);
      expect((await catalogued(store)).map(({ key }) => key).sort()).toEqual(wanted);
      if (!isKilled) return expect(calls).toBeGreaterThan(3);
      expect(calls).toBeLessThan(20);
    }
  });

  it('replaces an invalid shard, and names it', async () => {
    const store = open();
    await addArchives(store, [archiveOf('p1', T0)]);
    const [key = ''] = await keysOf(store);
    await store.put(
      key,
      '{"version":1,"phones":[],"includes":{},"runs":[],"archives":[[1,0,0,1,1,""]]}',
    );
    const errors = await addArchives(store, [archiveOf('p1', T0 + 1)]);
    expect(errors.map((error) => [error.code, error.key])).toEqual([['object_invalid', key]]);
    expect((await catalogued(store)).map(({ verified_at }) => verified_at)).toEqual([T0 + 1]);
    expect(await keysOf(store)).toEqual([key]);
  });

  it('leaves a shard that cannot be read now, and one of a newer version, and goes on beside it', async () => {
    const store = open();
    await addArchives(store, [archiveOf('p1', T0)]);
    const [key = ''] = await keysOf(store);
    const { store: broken } = withFailingStore({ store }, 'get', undefined, key);
    expect(await addArchives(broken, [archiveOf('p1', T0 + 1)])).toMatchObject([{ key }]);
    expect(await addArchives(broken, [archiveOf('p1', T0 + 2)])).toEqual([]);
    expect((await catalogued(store)).map(({ verified_at }) => verified_at - T0)).toEqual([2, 1, 0]);
    await store.put(key, '{"version":9}');
    // It would have the name of the unreadable one: only a rebuild can add it.
    expect(await addArchives(store, [archiveOf('p1', T0)])).toMatchObject([{ key }]);
    expect((await store.get(key))?.body).toBe('{"version":9}');
  });

  it('ignores keys of other forms', async () => {
    const store = open();
    for (const key of ['phones/0f.json', 'phones/nightly/x.json', 'phones/Nightly/1.p.json']) {
      await store.put(key, 'broken');
    }
    expect(await addArchives(store, [archiveOf('p1', T0)])).toEqual([]);
    expect(await catalogued(store)).toHaveLength(1);
  });
});
