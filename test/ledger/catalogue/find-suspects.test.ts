import { expect, test } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { includeSet } from '../../../lib/ledger/catalogue/archive.ts';
import { findSuspects } from '../../../lib/ledger/catalogue/find-suspects.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { archiveOf } from '../../support/archives.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const [paths, others] = [includeSet(['/data/data'], []), includeSet(['/data'], [])];
const found = async (store: ReturnType<typeof memoryStore>, sizes: Record<string, number>) => {
  const archives = Object.entries(sizes).map(([phone_id, size]) => ({
    ...{ phone_id, size, key: `new/${phone_id}-1.tar` },
  }));
  return [...(await findSuspects(store, 'nightly', { archives, digest: paths.digest }))];
};

test('compares an archive with those of its phone, its policy and its paths only', async () => {
  const store = memoryStore(playClock());
  await addArchives(store, [
    archiveOf('p1', T0, { size: 100 }),
    archiveOf('p1', T0 + 1, { size: 1_000, includes: others }),
    archiveOf('p1', T0 + 2, { size: 1_000, policy: 'weekly' }),
    archiveOf('p2', T0, { size: 1_000 }),
  ]);
  expect(await found(store, { p1: 50, p2: 499, p3: 1 })).toEqual(['new/p2-1.tar']);
});

test('does not compare an archive with itself', async () => {
  const store = memoryStore(playClock());
  await addArchives(store, [archiveOf('p1', T0, { size: 5, key: 'new/p1-1.tar' })]);
  expect(await found(store, { p1: 1 })).toEqual([]);
});

test('reads the newest shards only, and goes on without one that cannot be read', async () => {
  const store = memoryStore(playClock());
  const etag = 'f'.repeat(1_000);
  for (let night = 0; night < 12; night += 1) {
    const at = T0 + night * 1_440 * MINUTE;
    const archives = Array.from({ length: 800 }, (_, n) =>
      archiveOf(`p${n}`, at, { size: night < 2 ? 1 : 100, etag, run_id: `nightly-${at}` }),
    );
    await addArchives(store, archives);
  }
  const shards = (await store.list('phones/')).map(({ key }) => key);
  expect(shards.length).toBeGreaterThan(8);
  const read: string[] = [];
  const counted = { ...store, get: (key: string) => (read.push(key), store.get(key)) };
  expect(await found(counted, { p1: 49 })).toEqual(['new/p1-1.tar']);
  expect(read.length).toBeLessThanOrEqual(5);
  await store.put(shards.at(-1) ?? '', 'broken');
  expect(await found(store, { p1: 49, p2: 51 })).toEqual(['new/p1-1.tar']);
});
