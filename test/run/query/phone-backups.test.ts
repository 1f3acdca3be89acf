import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { phoneBackups } from '../../../lib/run/query/phone-backups.ts';
import { phoneBackupSchema } from '../../../lib/run/query/schemas/policy.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { DAY, storeRun } from '../../support/full-run.ts';
import { runScene } from '../../support/run-scene.ts';
import { T0 } from '../../support/runs.ts';

const RUN = 'nightly-1';
const limit = new Date(T0).toISOString();
const failed = { outcome: 'failed', reason: 'job_failed', code: 'CPS.0103' } as const;

function scene() {
  const { store } = runScene();
  const backups = async (late_before: string | null = limit, from = store) =>
    phoneBackupSchema
      .strict()
      .array()
      .parse(await phoneBackups(from, [{ policy: 'nightly', late_before }], T0 + DAY));
  const states = async (late_before: string | null = limit, from = store) =>
    (await backups(late_before, from)).map(({ phone_id, state }) => [phone_id, state]);
  return { store, backups, states };
}

describe('phoneBackups', () => {
  it('lists every selected phone, those that need attention first, then others with an archive', async () => {
    const { store, states } = scene();
    await storeRun(store, 'nightly-0', { phones: { gone: {} }, settledAt: T0 - DAY });
    const stopped = { outcome: 'skipped', reason: 'stopped' } as const;
    await storeRun(store, RUN, {
      phones: {
        ...{ a: {}, b: { ...failed, verified_at: T0 - 1 }, c: failed, d: stopped },
        ...{ e: { ...stopped, verified_at: T0 - DAY }, f: { ...failed, verified_at: T0 } },
      },
    });
    expect(await states()).toEqual([
      ['c', 'never'],
      ['b', 'late'],
      ['d', 'not_exportable'],
      ['e', 'not_exportable'],
      ['a', 'fresh'],
      ['f', 'fresh'],
      ['gone', 'not_selected'],
    ]);
    expect((await states(null)).filter(([, state]) => state === 'late')).toEqual([]);
  });

  it('shows the last archive of a phone, and why the last run did not export it', async () => {
    const { store, backups } = scene();
    await storeRun(store, RUN, { phones: { b: { ...failed, verified_at: T0 - 1 }, c: failed } });
    const phone = { policy: 'nightly', reason: 'job_failed', code: 'CPS.0103' };
    expect(await backups()).toEqual([
      { ...phone, phone_id: 'c', phone_name: 'game-c', state: 'never', verified_at: null },
      {
        ...{ ...phone, phone_id: 'b', phone_name: 'game-b', state: 'late', run_id: RUN },
        verified_at: new Date(T0 - 1).toISOString(),
        ...{ size: 2_048, bucket: 'my-phone-backups', key: `nightly/20260102/${RUN}/b-1.tar` },
      },
    ]);
  });

  it('shows the archives of a policy without a run of all phones', async () => {
    const { store, states } = scene();
    await storeRun(store, RUN, { phones: { a: {} }, requested: ['a'] });
    expect(await states()).toEqual([['a', 'not_selected']]);
  });

  it('shows phones as unknown whose part of the index cannot be read', async () => {
    const { store, states } = scene();
    await storeRun(store, RUN, { phones: { a: {}, b: failed } });
    const { store: broken } = withFailingStore({ store }, 'get', undefined, layout.catalogue);
    expect(await states(limit, broken)).toEqual([
      ['b', 'unknown'],
      ['a', 'fresh'],
    ]);
  });
});
