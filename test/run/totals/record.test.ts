import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { readTotals } from '../../../lib/ledger/state/totals.ts';
import { recordTotals, recountArchives } from '../../../lib/run/totals/record.ts';
import { NIGHTLY, night } from '../../../testing/night.ts';
import { archiveOf } from '../../support/archives.ts';
import { T0 } from '../../support/runs.ts';

describe('the totals of a policy', () => {
  it('have what its runs came to, and the archives of its catalogue', async () => {
    const played = await night({ phones: 6, servers: 2 });
    await played.putPolicy(NIGHTLY);
    const { phones } = await played.settle(await played.requestRun());
    const { store } = played.invocation().deps;
    const totals = await readTotals(store, 'nightly');
    const bytes = phones.reduce((sum, { size = 0 }) => sum + size, 0);
    expect(totals).toMatchObject({ runs: { completed: 1 }, phones: { exported: 6 } });
    expect(totals?.exported_bytes).toBe(bytes);
    expect(Object.values(totals?.shards ?? {}).map(([, count, size]) => [count, size])).toEqual([
      [6, bytes],
    ]);
    expect(totals?.metrics.calls.cph?.['batch-storage']?.ok).toBeGreaterThan(0);
  });

  it('do not count a run again that is recorded twice', async () => {
    const played = await night({ phones: 6, servers: 2 });
    await played.putPolicy(NIGHTLY);
    const { report, phones } = await played.settle(await played.requestRun());
    const { deps } = played.invocation();
    const before = await readTotals(deps.store, 'nightly');
    const written = played.writes.length;
    await recordTotals(deps, report, phones);
    expect(await readTotals(deps.store, 'nightly')).toEqual(before);
    expect(played.writes).toHaveLength(written);
  });

  it('follow what retention deletes, and are written only when something changed', async () => {
    const played = await night({ phones: 6, servers: 2 });
    const { deps } = played.invocation();
    await addArchives(deps.store, [archiveOf('p1', T0), archiveOf('p2', T0)]);
    await recountArchives(deps, 'nightly');
    const written = played.writes.length;
    await recountArchives(deps, 'nightly');
    expect(played.writes).toHaveLength(written);
    const [shard] = await deps.store.list(layout.catalogue);
    await deps.store.remove([shard?.key ?? '']);
    await recountArchives(deps, 'nightly');
    expect((await readTotals(deps.store, 'nightly'))?.shards).toEqual({});
  });
});
