import { describe, expect, it } from 'vitest';
import { readFreshness, writeFreshness } from '../../../lib/ledger/state/freshness.ts';
import { writeNotifiedStale } from '../../../lib/ledger/state/notified/notified.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { readFullRun } from '../../../lib/run/freshness/read-phones.ts';
import { currentFreshness, recordFreshness } from '../../../lib/run/freshness/record.ts';
import { countPhones } from '../../../lib/run/freshness/summarize.ts';
import { recordReads, withFailingStore } from '../../support/fake-stores.ts';
import { DAY, storeRun } from '../../support/full-run.ts';
import { runScene } from '../../support/run-scene.ts';
import { T0 } from '../../support/runs.ts';

const RUN = 'nightly-1';
const NEXT = 'nightly-2';
const failed = { outcome: 'failed', reason: 'job_failed' } as const;
const stopped = { outcome: 'skipped', reason: 'stopped' } as const;

function scene() {
  const { store } = runScene();
  return {
    store,
    stored: () => readFreshness(store, 'nightly'),
    /** Records a settled run as settle does. */
    record: async (runId: string, now = T0) =>
      recordFreshness(store, 'nightly', await readFullRun(store, runId), now),
    loseIndex: async () => store.remove((await store.list(layout.catalogue)).map(({ key }) => key)),
  };
}

describe('recordFreshness', () => {
  it('stores the phones of a full run with their last archives, whatever run made them', async () => {
    const { store, stored, record } = scene();
    await storeRun(store, RUN, {
      phones: { p1: {}, p2: { ...failed, verified_at: T0 - DAY }, p3: failed, p4: stopped },
    });
    await record(RUN);
    expect(await stored()).toEqual({
      ...{ run_id: RUN, not_exportable: 1, unknown: 0, never: 1 },
      verified: [
        [T0 - DAY, 1],
        [T0, 1],
      ],
      oldest: [
        { phone_id: 'p3', phone_name: 'game-p3', ...failed },
        { phone_id: 'p2', phone_name: 'game-p2', verified_at: T0 - DAY, ...failed },
        { phone_id: 'p1', phone_name: 'game-p1', verified_at: T0, outcome: 'exported' },
      ],
    });
  });

  it('lets phones leave the policy with the next full run', async () => {
    const { store, stored, record } = scene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: failed } });
    await record(RUN);
    await storeRun(store, NEXT, { phones: { p1: {} }, settledAt: T0 + DAY });
    await record(NEXT);
    expect(await stored()).toMatchObject({ run_id: NEXT, never: 0, verified: [[T0 + DAY, 1]] });
  });

  it('takes archives, but no phones, from a run of some phones', async () => {
    const { store, stored, record } = scene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: failed } });
    await record(RUN);
    const some = { phones: { p2: {}, p9: {} }, requested: ['p2', 'p9'], settledAt: T0 + 5 };
    await storeRun(store, NEXT, some);
    await record(NEXT);
    const verified = [
      [T0, 1],
      [T0 + 5, 1],
    ];
    expect(await stored()).toMatchObject({ run_id: RUN, never: 0, verified });
  });

  it('leaves the summary of a large fleet after a run of some phones, unless the policy is stale', async () => {
    const { store, stored, record } = scene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: failed } });
    await record(RUN);
    const many = { ...(await stored()), verified: [[T0, 6_000]] } as NonNullable<
      Awaited<ReturnType<typeof stored>>
    >;
    await writeFreshness(store, many, 'nightly');
    await storeRun(store, NEXT, { phones: { p2: {} }, requested: ['p2'], settledAt: T0 + 5 });
    await record(NEXT);
    expect(await stored()).toEqual(many);
    await writeNotifiedStale(store, { policy: 'nightly', since: T0, at: T0 });
    await record(NEXT);
    expect(await stored()).toMatchObject({
      never: 0,
      verified: [
        [T0, 1],
        [T0 + 5, 1],
      ],
    });
  });

  it('counts no phone twice when it is repeated after a crash', async () => {
    const { store, stored, record } = scene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: failed } });
    await record(RUN);
    const once = await stored();
    await record(RUN);
    expect(await stored()).toEqual(once);
  });

  it('counts phones as unknown whose part of the index cannot be read, except those that were just exported', async () => {
    const { store } = scene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: failed } });
    const { store: broken } = withFailingStore({ store }, 'get', undefined, layout.catalogue);
    await recordFreshness(broken, 'nightly', await readFullRun(store, RUN), T0);
    expect(await readFreshness(store, 'nightly')).toMatchObject({
      ...{ unknown: 1, never: 0, verified: [[T0, 1]] },
    });
  });

  it('goes by the report of the run before when the index of archives is lost', async () => {
    const { store, stored, record, loseIndex } = scene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: {}, p3: failed } });
    await record(RUN);
    await loseIndex();
    await storeRun(store, NEXT, {
      phones: { p1: failed, p2: {}, p3: failed },
      settledAt: T0 + DAY,
    });
    await record(NEXT);
    const verified = [
      [T0, 1],
      [T0 + DAY, 1],
    ];
    expect(await stored()).toMatchObject({ run_id: NEXT, never: 1, verified });
  });
});

describe('currentFreshness', () => {
  it('rebuilds a lost summary from the last full run of the index of runs', async () => {
    const { store, stored, record } = scene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: failed } });
    await storeRun(store, 'weekly-1', { policy: 'weekly', phones: { p1: {} }, settledAt: T0 + 1 });
    await storeRun(store, NEXT, { phones: { p2: {} }, requested: ['p2'], settledAt: T0 + 2 });
    await storeRun(store, 'nightly-3', { phones: {}, settledAt: T0 + 3 });
    await record(RUN);
    const before = await stored();
    expect(await currentFreshness(store, 'nightly', undefined, T0 + DAY)).toEqual(before);
  });

  it('passes over runs that cannot be read', async () => {
    const { store, record, stored } = scene();
    await storeRun(store, RUN, { phones: { p1: {} } });
    await record(RUN);
    await storeRun(store, NEXT, { phones: { p1: failed }, settledAt: T0 + DAY });
    const { store: broken } = withFailingStore({ store }, 'get', undefined, layout.run(NEXT));
    const known = { ...(await stored()), run_id: NEXT } as Awaited<ReturnType<typeof stored>>;
    expect(await currentFreshness(broken, 'nightly', known, T0 + DAY)).toMatchObject({
      run_id: RUN,
    });
  });

  it('keeps what is known when its run is gone, or the index of archives is lost', async () => {
    const { store, stored, record, loseIndex } = scene();
    await storeRun(store, RUN, { phones: { p1: failed, p2: { ...failed, verified_at: T0 - 1 } } });
    await record(RUN);
    const known = await stored();
    await loseIndex();
    expect(await currentFreshness(store, 'nightly', known, T0)).toEqual(known);
    await store.remove((await store.list(layout.runs)).map(({ key }) => key));
    expect(await currentFreshness(store, 'nightly', known, T0)).toEqual(known);
  });

  it('is undefined for a policy that has not run, and writes nothing', async () => {
    const { store } = scene();
    const reader = recordReads(store);
    expect(await currentFreshness(reader, 'nightly', undefined, T0)).toBeUndefined();
  });

  it('counts late phones later as all archives would then', async () => {
    const { store, stored, record } = scene();
    await storeRun(store, RUN, { phones: { p1: {}, p2: { ...failed, verified_at: T0 - DAY } } });
    await record(RUN);
    const known = await stored();
    if (known === undefined) throw new Error('nothing stored');
    const late = [T0 - DAY, T0 - DAY + 1, T0, T0 + 1].map((at) => countPhones(known, at).late);
    expect(late).toEqual([0, 1, 1, 2]);
    await writeFreshness(store, known, 'nightly');
    expect(await stored()).toEqual(known);
  });
});
