import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import {
  archivedPhones,
  indexArchives,
  type IndexEntry,
  readIndexedPhones,
} from '../../../lib/ledger/state/phones.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { recordReads } from '../../support/fake-stores.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import type { ObjectError } from '../../../lib/ledger/store/object-error.ts';
import { playClock } from '../../../testing/play-clock.ts';

const entry = (phone_id: string, verified_at: number, policy = 'nightly'): IndexEntry => ({
  phone_id,
  phone_name: `game-${phone_id}`,
  policy,
  archive: {
    run_id: `${policy}-${verified_at}`,
    bucket: 'b',
    key: `${policy}/${verified_at}/${phone_id}-1.tar`,
    size: 9_000,
    etag: 'e',
    verified_at,
  },
});

async function shards(store: Store) {
  const phones: Record<string, { archives: Record<string, { verified_at: number }> }> = {};
  for (const { key } of await store.list('phones/')) {
    const body = (await store.get(key))?.body ?? '';
    Object.assign(phones, (JSON.parse(body) as { phones: object }).phones);
  }
  return phones;
}

const open = () => ({ store: memoryStore(playClock()) });

describe('indexArchives', () => {
  it('keeps the newest verified archive of each policy', async () => {
    const { store } = open();
    await indexArchives(store, [entry('p1', 20), entry('p1', 10, 'weekly'), entry('p2', 20)]);
    await indexArchives(store, [entry('p1', 30), entry('p2', 10)]);
    const phones = await shards(store);
    expect(phones.p1?.archives.nightly?.verified_at).toBe(30);
    expect(phones.p1?.archives.weekly?.verified_at).toBe(10);
    expect(phones.p2?.archives.nightly?.verified_at).toBe(20);
  });

  it('writes in at most 256 objects, whatever the fleet', async () => {
    const { store } = open();
    const entries = Array.from({ length: 2_000 }, (_, index) => entry(`phone-${index}`, 1));
    await indexArchives(store, entries);
    expect((await store.list('')).length).toBeLessThanOrEqual(256);
    expect(Object.keys(await shards(store))).toHaveLength(2_000);
  });

  it('stores a phone in the shard that its id names', async () => {
    const { store } = open();
    await indexArchives(store, [entry('p1', 20)]);
    const { phone_name, archive } = entry('p1', 20);
    expect((await store.list('')).map(({ key }) => key)).toEqual(['phones/f6.json']);
    expect(JSON.parse((await store.get('phones/f6.json'))?.body ?? '')).toEqual({
      version: 1,
      phones: { p1: { phone_name, archives: { nightly: archive } } },
    });
  });

  it('writes only changed shards', async () => {
    const { store } = open();
    await indexArchives(store, [entry('p1', 20), entry('p2', 20)]);
    const puts: string[] = [];
    const counted: typeof store = {
      ...store,
      put: (key, body) => (puts.push(key), store.put(key, body)),
    };
    await indexArchives(counted, [entry('p1', 20), entry('p2', 10)]);
    expect(puts).toEqual([]);
    await indexArchives(counted, [entry('p1', 20), entry('p1', 10), entry('p2', 21)]);
    expect(puts).toEqual([layout.phones('39')]);
    await indexArchives(counted, [entry('p1', 20), entry('p1', 21)]);
    expect(puts).toEqual([layout.phones('39'), layout.phones('f6')]);
  });

  it('keeps the phone name of the newest archive', async () => {
    const { store } = open();
    await indexArchives(store, [entry('p1', 20)]);
    await indexArchives(store, [{ ...entry('p1', 10), phone_name: 'before' }]);
    expect((await readIndexedPhones(store))[0]?.phone_name).toBe('game-p1');
    await indexArchives(store, [{ ...entry('p1', 30), phone_name: 'renamed' }]);
    expect((await readIndexedPhones(store))[0]?.phone_name).toBe('renamed');
  });

  it('replaces an invalid shard and keeps one of a newer version', async () => {
    const { store } = open();
    await indexArchives(store, [entry('p1', 1)]);
    const [object] = await store.list('phones/');
    await store.put(object?.key ?? '', 'broken');
    await indexArchives(store, [entry('p1', 2)]);
    expect((await shards(store)).p1?.archives.nightly?.verified_at).toBe(2);
    await store.put(object?.key ?? '', '{"version":9,"phones":{}}');
    await indexArchives(store, [entry('p1', 3)]);
    expect((await store.get(object?.key ?? ''))?.body).toBe('{"version":9,"phones":{}}');
  });
});

describe('archivedPhones', () => {
  it('returns the phones that have an archive of the policy', async () => {
    const { store } = open();
    await indexArchives(store, [
      entry('p1', 20),
      entry('p2', 20, 'weekly'),
      entry('p3', 20),
      entry('p3', 10, 'weekly'),
    ]);
    const archived = (policy: string, ids: string[]) => archivedPhones(store, policy, ids);
    const all = ['p3', 'p2', 'p1', 'p0'];
    expect(await archived('nightly', all)).toEqual(new Set(['p3', 'p1']));
    expect(await archived('weekly', all)).toEqual(new Set(['p3', 'p2']));
    expect(await archived('nightly', ['p1'])).toEqual(new Set(['p1']));
    expect(await archived('monthly', all)).toEqual(new Set());
    expect(await archived('nightly', [])).toEqual(new Set());
  });

  it('returns no other phone of the same shard', async () => {
    const { store } = open();
    const entries = Array.from({ length: 600 }, (_, n) => entry(`p${n}`, 1));
    await indexArchives(store, entries);
    const asked = entries.slice(0, 300).map(({ phone_id }) => phone_id);
    const read = recordReads(store);
    expect(await archivedPhones(read, 'nightly', asked)).toEqual(new Set(asked));
    expect(new Set(read.reads).size).toBe(read.reads.length);
  });

  it.each(['broken', '{"version":9}'])('skips a shard that holds %j', async (body) => {
    const { store } = open();
    await indexArchives(store, [entry('p1', 20), entry('p2', 20)]);
    await store.put(layout.phones('f6'), body);
    expect(await archivedPhones(store, 'nightly', ['p1', 'p2'])).toEqual(new Set(['p2']));
  });
});

describe('readIndexedPhones', () => {
  it('orders phones of one name by their ids, and then by policy', async () => {
    const { store } = open();
    const named = (id: string, policy: string) => ({
      ...entry(id, 1, policy),
      phone_name: id === 'p0' ? 'z' : 'same',
    });
    const ids = ['p3', 'p1', 'p0', 'p2'];
    await indexArchives(
      store,
      ids.flatMap((id) => ['weekly', 'daily', 'nightly'].map((policy) => named(id, policy))),
    );
    const found = await readIndexedPhones(store);
    expect(found.map(({ phone_id, policy }) => `${phone_id} ${policy}`)).toEqual(
      ['p1', 'p2', 'p3', 'p0'].flatMap((id) =>
        ['daily', 'nightly', 'weekly'].map((policy) => `${id} ${policy}`),
      ),
    );
  });

  it('returns every archive, by phone name and then policy', async () => {
    const { store } = open();
    const at = Date.UTC(2026, 0, 2);
    await indexArchives(store, [
      entry('p2', at),
      entry('p1', at, 'weekly'),
      entry('p1', at + 1),
      entry('p10', at),
    ]);
    const found = await readIndexedPhones(store);
    expect(found.map((one) => [one.phone_name, one.policy])).toEqual([
      ['game-p1', 'nightly'],
      ['game-p1', 'weekly'],
      ['game-p10', 'nightly'],
      ['game-p2', 'nightly'],
    ]);
    expect(found[1]).toEqual({
      phone_id: 'p1',
      phone_name: 'game-p1',
      policy: 'weekly',
      run_id: `weekly-${at}`,
      verified_at: '2026-01-02T00:00:00.000Z',
      size: 9_000,
      bucket: 'b',
      key: `weekly/${at}/p1-1.tar`,
    });
  });

  it('skips unreadable shards, and returns their errors', async () => {
    const { store } = open();
    await indexArchives(store, [entry('p1', 1)]);
    await store.put('phones/zz.json', 'broken');
    await store.put('phones/zy.json', '{"version":9}');
    const errors: ObjectError[] = [];
    expect(await readIndexedPhones(store, errors)).toHaveLength(1);
    expect(errors.map(({ key }) => key).sort()).toEqual(['phones/zy.json', 'phones/zz.json']);
  });
});
