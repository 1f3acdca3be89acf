import { describe, expect, it } from 'vitest';
import { rebuildCatalogue } from '../../../../lib/ledger/catalogue/rebuild/rebuild.ts';
import { recordResets } from '../../../../lib/ledger/catalogue/rebuild/resets.ts';
import { recordLateArchive } from '../../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import type { Store } from '../../../../lib/ledger/store/store.ts';
import { catalogued } from '../../../support/archives.ts';
import { withFailingStore } from '../../../support/fake-stores.ts';
import { DAY, storeRun } from '../../../support/full-run.ts';
import { runScene } from '../../../support/run-scene.ts';
import { T0 } from '../../../support/runs.ts';

const failed = { outcome: 'failed', reason: 'job_failed' } as const;

async function ledger() {
  const { store } = runScene();
  await storeRun(store, 'nightly-1', { phones: { p1: {}, p2: failed } });
  await storeRun(store, 'nightly-2', { phones: { p1: {}, p2: {} }, settledAt: T0 + DAY });
  await storeRun(store, 'weekly-1', { policy: 'weekly', phones: { p3: {} } });
  const before = await catalogued(store);
  return { store, before };
}

const lose = async (store: Store) =>
  store.remove((await store.list(layout.catalogue)).map(({ key }) => key));

describe('rebuildCatalogue', () => {
  it('restores what was lost, from reports and plans', async () => {
    const { store, before } = await ledger();
    await lose(store);
    expect(await rebuildCatalogue(store)).toEqual({ archives: 4, runs: 3, errors: [] });
    expect(await catalogued(store)).toEqual(before);
    await rebuildCatalogue(store);
    expect(await catalogued(store)).toEqual(before);
  });

  it('adds archives that landed after the report, but no unconfirmed ones', async () => {
    const { store } = await ledger();
    const late = { phone_id: 'p2', attempt: 1, size: 9_000, etag: 'l', seen_at: T0 + 7.5 };
    await recordLateArchive(store, 'nightly-1', { ...late, key: 'nightly/late/p2-1.tar' });
    const other = { ...late, attempt: 2, key: 'nightly/late/p2-2.tar', unconfirmed: true as const };
    await recordLateArchive(store, 'nightly-1', other);
    await lose(store);
    expect(await rebuildCatalogue(store)).toMatchObject({ archives: 5 });
    expect((await catalogued(store)).find(({ etag }) => etag === 'l')).toMatchObject({
      ...{ phone_id: 'p2', phone_name: 'game-p2', run_id: 'nightly-1', verified_at: T0 + 7 },
      ...{ bucket: 'my-phone-backups', key: 'nightly/late/p2-1.tar' },
    });
  });

  it('gives archives the generation of their phone at the start of the run', async () => {
    const { store } = await ledger();
    await lose(store);
    await recordResets(
      store,
      new Map([
        ['p1', T0 - 1],
        ['p3', T0 + 1],
      ]),
    );
    await rebuildCatalogue(store);
    const flags = (await catalogued(store)).map(({ phone_id, flags }) => [phone_id, flags]);
    expect(Object.fromEntries(flags)).toEqual({ p1: { generation: T0 - 1 }, p2: {}, p3: {} });
  });

  it('uses the end of the run when the report does not say when an archive was verified', async () => {
    const { store } = await ledger();
    const { body = '' } = (await store.get(layout.report('weekly-1'))) ?? {};
    const report = JSON.parse(body) as { phones: { verified_at?: string }[] };
    for (const phone of report.phones) delete phone.verified_at;
    await store.put(layout.report('weekly-1'), JSON.stringify(report));
    await lose(store);
    await rebuildCatalogue(store);
    expect((await catalogued(store)).find(({ policy }) => policy === 'weekly')?.verified_at).toBe(
      T0,
    );
  });

  it('goes on after the last run that was written', async () => {
    const { store } = await ledger();
    await lose(store);
    const written: string[] = [];
    const onWritten = (runId: string) => written.push(runId);
    expect(await rebuildCatalogue(store, { after: 'nightly-1', onWritten })).toMatchObject({
      runs: 2,
    });
    expect(written).toEqual(['weekly-1']);
    expect((await catalogued(store)).map(({ run_id }) => run_id)).not.toContain('nightly-1');
  });

  it('names the objects that cannot be read, and passes over their runs', async () => {
    const { store } = await ledger();
    await lose(store);
    await store.put(layout.report('nightly-1'), 'broken');
    const plan = layout.plan('weekly-1');
    const { store: broken } = withFailingStore({ store }, 'get', undefined, plan);
    const { archives, errors } = await rebuildCatalogue(broken);
    expect(archives).toBe(2);
    expect(errors.map(({ key }) => key)).toEqual([layout.report('nightly-1'), plan]);
  });
});
