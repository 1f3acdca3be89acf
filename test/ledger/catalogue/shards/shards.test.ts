import { expect, it } from 'vitest';
import { addArchives } from '../../../../lib/ledger/catalogue/add.ts';
import { listShards, readShards } from '../../../../lib/ledger/catalogue/shards/shards.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { archiveOf } from '../../../support/archives.ts';
import { recordReads } from '../../../support/fake-stores.ts';
import { T0 } from '../../../support/runs.ts';

it('reads each of many shards once, in order, a few at a time', async () => {
  const store = memoryStore(playClock());
  for (let n = 0; n < 21; n += 1) {
    await addArchives(store, [archiveOf('p1', T0 + n, { policy: `p-${n}` })]);
  }
  const reads = recordReads(store);
  const shards = await listShards(reads);
  const found: number[] = [];
  for await (const { archives } of readShards(reads, shards)) {
    if (Array.isArray(archives)) found.push(...archives.map(({ verified_at }) => verified_at));
  }
  expect(found).toHaveLength(21);
  expect(new Set(found).size).toBe(21);
  expect(reads.reads).toHaveLength(22);
  expect(reads.maxInFlight()).toBeLessThanOrEqual(4);
});
