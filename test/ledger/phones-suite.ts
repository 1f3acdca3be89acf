import { describe, expect, it } from 'vitest';
import { indexArchives, type IndexEntry, readIndexedPhones } from '../../lib/ledger/phones.ts';
import type { Store } from '../../lib/ledger/store.ts';
import type { OpenLedger } from './ledger-suite.ts';

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

/** The index of verified archives, in any store. */
export function phonesSuite(open: OpenLedger): void {
  describe('indexArchives', () => {
    it('keeps the newest verified archive of each policy', async () => {
      const { store } = await open();
      await indexArchives(store, [entry('p1', 20), entry('p1', 10, 'weekly'), entry('p2', 20)]);
      await indexArchives(store, [entry('p1', 30), entry('p2', 10)]);
      const phones = await shards(store);
      expect(phones.p1?.archives.nightly?.verified_at).toBe(30);
      expect(phones.p1?.archives.weekly?.verified_at).toBe(10);
      expect(phones.p2?.archives.nightly?.verified_at).toBe(20);
    });

    it('writes in at most 256 objects, whatever the fleet', async () => {
      const { store } = await open();
      const entries = Array.from({ length: 2_000 }, (_, index) => entry(`phone-${index}`, 1));
      await indexArchives(store, entries);
      expect((await store.list('')).length).toBeLessThanOrEqual(256);
      expect(Object.keys(await shards(store))).toHaveLength(2_000);
    });

    it('starts a broken object anew and leaves one of a newer version alone', async () => {
      const { store } = await open();
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

  describe('readIndexedPhones', () => {
    it('answers every archive, by phone name and then policy', async () => {
      const { store } = await open();
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

    it('passes over what cannot be read', async () => {
      const { store } = await open();
      await indexArchives(store, [entry('p1', 1)]);
      await store.put('phones/zz.json', 'broken');
      await store.put('phones/zy.json', '{"version":9}');
      expect(await readIndexedPhones(store)).toHaveLength(1);
    });
  });
}
