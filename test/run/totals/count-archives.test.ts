import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { countShards } from '../../../lib/run/totals/count-archives.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { archiveOf } from '../../support/archives.ts';
import { recordReads, withObjectFault } from '../../support/fake-stores.ts';
import { T0 } from '../../support/runs.ts';

/** Archives in shards of a few each. */
async function stored(count: number) {
  const store = memoryStore(playClock(T0));
  const archives = Array.from({ length: count }, (_, n) =>
    archiveOf(`p${n}`, T0 + n, { size: 10 + n }),
  );
  await addArchives(store, archives, 1_000);
  const [first, ...others] = (await store.list(layout.catalogue)).map(({ key }) => key);
  return { store, first: first ?? '', shards: others.length + 1 };
}

describe('countShards', () => {
  it('counts each archive of the policy once', async () => {
    const { store, shards } = await stored(60);
    expect(shards).toBeGreaterThan(3);
    const { totals } = await countShards(store, 'nightly', {}, 100);
    expect(totals).toEqual({ archives: 60, bytes: 60 * 10 + (60 * 59) / 2, all: true });
    expect((await countShards(store, 'other', {}, 100)).totals).toEqual({
      ...{ archives: 0, bytes: 0, all: true },
    });
  });

  it('reads nothing that is counted already, and only what has changed since', async () => {
    const { store } = await stored(60);
    const { shards } = await countShards(store, 'nightly', {}, 100);
    const reads = recordReads(store);
    expect((await countShards(reads, 'nightly', shards, 100)).totals.archives).toBe(60);
    expect(reads.reads).toEqual([`list ${layout.archives('nightly')}`]);

    await addArchives(store, [archiveOf('new', T0 + 1_000, { size: 5 })], 100_000);
    const again = recordReads(store);
    expect((await countShards(again, 'nightly', shards, 100)).totals).toMatchObject({
      ...{ archives: 61, all: true },
    });
    expect(again.reads).toHaveLength(2);
  });

  it('says when it may not read all, and goes on from there', async () => {
    const { store, shards: count } = await stored(60);
    let known = {};
    for (let n = 1; n < count; n += 1) {
      const { shards, totals } = await countShards(store, 'nightly', known, 1);
      expect(totals.all).toBe(false);
      known = shards;
    }
    const { totals } = await countShards(store, 'nightly', known, 1);
    expect(totals).toMatchObject({ archives: 60, all: true });
  });

  it('says when a shard cannot be read', async () => {
    const { store, first } = await stored(60);
    const { totals } = await countShards(
      withObjectFault(store, first, 'a wrong body'),
      'nightly',
      {},
      100,
    );
    expect(totals.all).toBe(false);
    expect(totals.archives).toBeLessThan(60);
  });
});
