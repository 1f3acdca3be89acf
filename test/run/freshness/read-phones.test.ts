import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import {
  backedUpPhones,
  type FullRun,
  lastFullRun,
  readFullRun,
} from '../../../lib/run/freshness/read-phones.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { DAY, storeRun } from '../../support/full-run.ts';
import { runScene } from '../../support/run-scene.ts';
import { T0 } from '../../support/runs.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';

const RUN = 'nightly-1';
const NEXT = 'nightly-2';
const failed = { outcome: 'failed', reason: 'job_failed', code: 'CPS.0001' } as const;

async function fullRun(store: Store, runId: string): Promise<FullRun> {
  const run = await readFullRun(store, runId);
  if (run === undefined) throw new Error('not a full run');
  return run;
}

const archiveIn = (run_id: string, phone: string, verified_at: number) => ({
  ...{ run_id, bucket: 'my-phone-backups', key: `nightly/20260102/${run_id}/${phone}-1.tar` },
  ...{ size: 2_048, verified_at },
});

describe('readFullRun', () => {
  it('returns a settled run with its phones', async () => {
    const { store } = runScene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: failed }, settledAt: T0 + 5 });
    expect(await readFullRun(store, RUN)).toMatchObject({
      ...{ run_id: RUN, policy: 'nightly', settledAt: T0 + 5 },
      planned: [{ phone_id: 'p1', phone_name: 'game-p1' }, { phone_id: 'p2' }],
      reported: [
        { phone_id: 'p1', outcome: 'exported' },
        { phone_id: 'p2', ...failed },
      ],
    });
  });

  it.each([
    ['some phones only', { phones: { p1: {} }, requested: ['p1'] }],
    ['no phones', { phones: {} }],
  ])('returns undefined for a run of %s', async (_, run) => {
    const { store } = runScene();
    await storeRun(store, RUN, run);
    expect(await readFullRun(store, RUN)).toBeUndefined();
  });

  it.each([layout.plan(RUN), layout.report(RUN)])(
    'returns undefined for a run without %s',
    async (key) => {
      const { store } = runScene();
      await storeRun(store, RUN, { phones: { p1: {} } });
      await store.remove([key]);
      expect(await readFullRun(store, RUN)).toBeUndefined();
    },
  );
});

describe('backedUpPhones', () => {
  it('returns the last archive of each phone, whatever run made it', async () => {
    const { store } = runScene();
    await storeRun(store, 'nightly-0', { phones: { p2: {}, p9: {} }, settledAt: T0 - DAY });
    await storeRun(store, RUN, { phones: { p1: {}, p2: failed, p3: failed } });
    await storeRun(store, NEXT, { phones: { p1: {} }, requested: ['p1'], settledAt: T0 + 5 });
    expect(await backedUpPhones(store, await fullRun(store, RUN))).toEqual([
      {
        ...{ phone_id: 'p1', phone_name: 'game-p1', outcome: 'exported', verified_at: T0 + 5 },
        archive: expect.objectContaining(archiveIn(NEXT, 'p1', T0 + 5)) as object,
      },
      {
        ...{ phone_id: 'p2', phone_name: 'game-p2', ...failed, verified_at: T0 - DAY },
        archive: expect.objectContaining(archiveIn('nightly-0', 'p2', T0 - DAY)) as object,
      },
      { phone_id: 'p3', phone_name: 'game-p3', ...failed },
    ]);
  });

  it('goes by the report of the run when the catalogue has lost its archives', async () => {
    const { store } = runScene();
    await storeRun(store, RUN, { phones: { p1: {} } });
    await store.remove((await store.list(layout.catalogue)).map(({ key }) => key));
    const [phone] = await backedUpPhones(store, await fullRun(store, RUN));
    expect(phone).toMatchObject({ verified_at: T0, archive: archiveIn(RUN, 'p1', T0) });
  });

  it('marks phones whose archives cannot be read as unknown', async () => {
    const { store } = runScene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: failed } });
    const run = await fullRun(store, RUN);
    const { store: broken } = withFailingStore({ store }, 'get', undefined, layout.catalogue);
    const phones = await backedUpPhones(broken, run);
    expect(phones).toMatchObject([{ verified_at: T0 }, { unknown: true }]);
    expect(phones[1]).not.toHaveProperty('archive');
  });
});

describe('lastFullRun', () => {
  const runId = async (store: Store, known?: string, now = T0 + DAY) => {
    const summary = { not_exportable: 0, unknown: 0, never: 0, verified: [], oldest: [] };
    const freshness = known === undefined ? undefined : { run_id: known, ...summary };
    return (await lastFullRun(store, 'nightly', freshness, now))?.run_id;
  };

  it('returns the run of the summary, though the index has a newer one', async () => {
    const { store } = runScene();
    await storeRun(store, RUN, { phones: { p1: {} } });
    await storeRun(store, NEXT, { phones: { p1: {} }, settledAt: T0 + 1 });
    expect(await runId(store, RUN)).toBe(RUN);
    expect(await runId(store)).toBe(NEXT);
  });

  it('passes over runs of some phones, of other policies, and those that cannot be read', async () => {
    const { store } = runScene();
    await storeRun(store, RUN, { phones: { p1: {} } });
    await storeRun(store, NEXT, { phones: { p1: {} }, settledAt: T0 + 1 });
    await storeRun(store, 'nightly-3', {
      phones: { p1: {} },
      requested: ['p1'],
      settledAt: T0 + 2,
    });
    await storeRun(store, 'weekly-1', { policy: 'weekly', phones: { p1: {} }, settledAt: T0 + 3 });
    const { store: broken } = withFailingStore({ store }, 'get', undefined, layout.run(NEXT));
    expect(await runId(broken, NEXT)).toBe(RUN);
  });

  it('looks back 31 days', async () => {
    const { store } = runScene();
    await storeRun(store, RUN, { phones: { p1: {} } });
    expect(await runId(store, undefined, T0 + 31 * DAY)).toBe(RUN);
    expect(await runId(store, undefined, T0 + 31 * DAY + 1)).toBeUndefined();
  });
});
