import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { allLastArchives, lastArchives } from '../../../lib/ledger/catalogue/last-archives.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { archiveOf } from '../../support/archives.ts';
import { recordReads, withFailingStore } from '../../support/fake-stores.ts';
import { T0 } from '../../support/runs.ts';

/** Three nights of 300 phones, in shards of about two thirds of a night. Phone 7 has only the first one. */
async function ledger() {
  const store = memoryStore(playClock());
  for (let n = 0; n < 3; n += 1) {
    const phones = Array.from({ length: 300 }, (_, p) => p).filter((p) => n === 0 || p !== 7);
    const at = T0 + n * 100_000;
    await addArchives(
      store,
      phones.map((p) => archiveOf(`p${p}`, at + p, { etag: 'e'.repeat(90) })),
      36 * 1024,
    );
  }
  return { store, shards: (await store.list('phones/')).map(({ key }) => key) };
}

const wanted = (ids: Record<string, number>) => new Map(Object.entries(ids));

describe('lastArchives', () => {
  it('returns the newest archive of each phone, and reads no shard before it', async () => {
    const { store, shards } = await ledger();
    expect(shards.length).toBeGreaterThan(2);
    const reads = recordReads(store);
    const { archives } = await lastArchives(reads, 'nightly', wanted({ p299: 0 }));
    expect(archives.get('p299')?.verified_at).toBe(T0 + 200_299);
    expect(reads.reads).toEqual(['list phones/nightly/', `get ${shards.at(-1)}`]);
  });

  it('searches back to the first archive, and no further than wanted', async () => {
    const { store } = await ledger();
    const find = async (since: number) =>
      (await lastArchives(store, 'nightly', wanted({ p7: since }))).archives.size;
    expect(await find(0)).toBe(1);
    expect(await find(T0 + 8)).toBe(0);
    const reads = recordReads(store);
    await lastArchives(reads, 'nightly', wanted({ p7: T0 + 300_000 }));
    expect(reads.reads).toHaveLength(2);
  });

  it('returns nothing of another policy, and reads nothing for no phone', async () => {
    const { store } = await ledger();
    expect((await lastArchives(store, 'weekly', wanted({ p1: 0 }))).archives.size).toBe(0);
    const reads = recordReads(store);
    await lastArchives(reads, 'nightly', new Map());
    expect(reads.reads).toEqual([]);
  });

  it('does not know the last archive of a phone that a newer, unreadable shard may have', async () => {
    const { store, shards } = await ledger();
    const { store: broken } = withFailingStore({ store }, 'get', undefined, shards.at(-2));
    const { archives, unreadable } = await lastArchives(
      broken,
      'nightly',
      wanted({ p299: 0, p7: 0 }),
    );
    expect([...archives.keys()]).toEqual(['p299']);
    expect([...unreadable]).toEqual(['p7']);
  });
});

describe('allLastArchives', () => {
  it('returns the last archive of each wanted phone for each policy, and the errors of shards', async () => {
    const { store, shards } = await ledger();
    await addArchives(store, [archiveOf('p1', T0, { policy: 'weekly' })]);
    await store.put(shards[1] ?? '', 'broken');
    const { archives, errors } = await allLastArchives(store, ({ phone_id }) => phone_id === 'p1');
    expect(archives.map(({ policy, verified_at }) => [policy, verified_at - T0])).toEqual([
      ['nightly', 200_001],
      ['weekly', 0],
    ]);
    expect(errors.map(({ key }) => key)).toEqual([shards[1]]);
  });
});
