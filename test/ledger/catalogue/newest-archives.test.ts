import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { compareNewest } from '../../../lib/ledger/catalogue/archive.ts';
import { newestArchives } from '../../../lib/ledger/catalogue/newest-archives.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { archiveOf } from '../../support/archives.ts';
import { recordReads } from '../../support/fake-stores.ts';
import { T0 } from '../../support/runs.ts';

/** Nights of two policies at once, in several shards each. */
async function ledger() {
  const store = memoryStore(playClock());
  const all = [0, 1, 2].flatMap((n) =>
    Array.from({ length: 200 }, (_, p) =>
      archiveOf(`p${p}`, T0 + n * 100_000 + Math.floor(p / 2), {
        ...{ policy: p % 3 === 0 ? 'weekly' : 'nightly', run_id: `r-${n}`, etag: 'e'.repeat(150) },
      }),
    ),
  );
  await addArchives(store, all, 20 * 1024);
  return { store, all: all.sort(compareNewest) };
}

describe('newestArchives', () => {
  it('returns pages of all archives, newest first, each archive once', async () => {
    const { store, all } = await ledger();
    const paged = [];
    for (let after = undefined as (typeof all)[number] | undefined; ;) {
      const { archives } = await newestArchives(store, { max: 175, after });
      paged.push(...archives);
      after = archives.at(-1);
      if (after === undefined) break;
    }
    expect(paged).toEqual(all);
  });

  it('filters by policy, phones and time', async () => {
    const { store, all } = await ledger();
    const filter = { policy: 'weekly', phones: new Set(['p3', 'p4']), until: T0 + 150_000 };
    const { archives } = await newestArchives(store, { ...filter, max: 10 });
    expect(archives.map(({ phone_id, run_id }) => [phone_id, run_id])).toEqual([
      ['p3', 'r-1'],
      ['p3', 'r-0'],
    ]);
    const at = T0 + 100_000;
    const one = await newestArchives(store, { until: at, max: 1 });
    expect(one.archives).toEqual([all.find(({ verified_at }) => verified_at <= at)]);
  });

  it('reads only the shards that may hold the newest', async () => {
    const { store } = await ledger();
    const shards = (await store.list('phones/')).length;
    const reads = recordReads(store);
    await newestArchives(reads, { policy: 'nightly', max: 5 });
    expect(reads.reads).toHaveLength(2);
    expect(shards).toBeGreaterThan(4);
  });

  it('names the shards that cannot be used, and returns the rest', async () => {
    const { store, all } = await ledger();
    const [first] = await store.list('phones/weekly/');
    await store.put(first?.key ?? '', 'broken');
    const { archives, errors } = await newestArchives(store, { max: 100_000 });
    expect(errors.map(({ key }) => key)).toEqual([first?.key]);
    expect(archives.length).toBeGreaterThan(all.length / 2);
  });
});
