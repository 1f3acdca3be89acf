import { describe, expect, it } from 'vitest';
import { foldHintKey } from '../../../lib/ledger/hints/fold.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { findRequest } from '../../../lib/run/request/known-request.ts';
import { requestCancel } from '../../../lib/run/request/request-cancel.ts';
import { chooseArchives } from '../../../lib/run/plan/restore/choose-archives.ts';
import { listRuns } from '../../../lib/run/query/runs/list-runs.ts';
import { policyStatuses } from '../../../lib/run/query/policy-status.ts';
import { rebuildRunIndex } from '../../../lib/ledger/state/run-index/rebuild.ts';
import { writeOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { orphanedJobOf } from '../../support/drive-world.ts';
import { storeRun } from '../../support/full-run.ts';
import { T0 } from '../../support/runs.ts';
import { countingStore, DAY, foldScene, KEEP } from './support/fold-scene.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const folded = (runIds: string[]) => runIds.map((runId) => layout.folded(runId)).sort();

/** Three runs of three days, of which the first two are old enough. */
async function threeRuns() {
  const scene = foldScene();
  const runs: string[] = [];
  for (let day = 0; day < 3; day += 1) {
    runs.push(await scene.settle(day));
    scene.clock.move(DAY);
  }
  scene.clock.move(KEEP - DAY - 3_600_000);
  return { ...scene, runs, old: runs.slice(0, 2), young: runs[2] ?? '' };
}

describe('a drive that has nothing else to do', () => {
  it('folds the runs that settled long ago, and leaves the others alone', async () => {
    const { drive, keys, old, young, rebuilt } = await threeRuns();
    const [before, whole] = [await rebuilt(), await keys(young)];
    await drive();
    expect((await keys()).sort()).toEqual([...folded(old), ...whole].sort());
    expect(await rebuilt()).toEqual(before);
  });

  it('looks at them once a day', async () => {
    const { drive, deps, keys, old, clock } = await threeRuns();
    await drive();
    const { store, calls } = countingStore(deps.store);
    await drive({ ...deps, store });
    const idle = { ...calls };
    clock.move(DAY);
    await drive({ ...deps, store });
    expect((calls.list ?? 0) - 2 * (idle.list ?? 0)).toBeGreaterThan(1);
    expect(idle.list).toBeLessThan(8);
    expect((await keys()).sort()).toEqual(folded([...old, `nightly-${T0 + 2 * DAY}`]));
  });

  it('folds nothing when no setting says how long runs are kept', async () => {
    const { drive, deps, keys } = await threeRuns();
    const before = await keys();
    await drive({ ...deps, keepRuns: undefined });
    expect(await keys()).toEqual(before);
  });

  it('leaves the rest to the next drive when its time is up, and asks for it', async () => {
    const { drive, deps, store, keys, old, clock, logged } = await threeRuns();
    const { get } = deps.store;
    // Reading the objects of runs takes so long that a drive folds one run.
    const slow = {
      ...deps.store,
      get: async (key: string) => (clock.move(key.startsWith('runs/') ? 3_000 : 0), get(key)),
    };
    const startedAt = clock.now();
    await drive({ ...deps, store: slow }, 40_000);
    expect(clock.now()).toBeLessThan(startedAt + 40_000);
    expect((await keys()).filter((key) => key.endsWith('folded.json'))).toHaveLength(1);
    expect(await store.get(foldHintKey)).toBeDefined();
    await drive();
    expect((await keys()).filter((key) => key.endsWith('folded.json'))).toEqual(folded(old));
    expect(await store.get(foldHintKey)).toBeUndefined();
    expect(logged('run_not_folded')).toEqual([]);
  });

  it('folds at most 100 runs', async () => {
    const { drive, settle, clock, keys, rebuilt } = foldScene();
    for (let day = 0; day < 130; day += 1) await settle(day / 1_000);
    clock.move(KEEP + DAY);
    const before = await rebuilt();
    const count = async () => (await keys()).filter((key) => key.endsWith('folded.json')).length;
    await drive();
    expect(await count()).toBe(100);
    await drive();
    expect(await count()).toBe(130);
    expect(await keys()).toHaveLength(130);
    expect(await rebuilt()).toEqual(before);
  });

  it('passes over a run that is open, whose jobs are polled, or that cannot be read', async () => {
    const { drive, settle, clock, keys, store, logged } = foldScene();
    const [open, late, bad, good] = [
      await settle(0),
      await settle(1),
      await settle(2),
      await settle(3),
    ];
    clock.move(KEEP + 4 * DAY);
    await store.put(layout.request(open), '{}');
    await store.put(layout.report(bad), '{}');
    clock.move(KEEP + DAY);
    const until = clock.now() + 3_600_000;
    await writeOrphanedJobs(store, { ...orphanedJobOf(late, 'p9'), until, busy_until: until });
    await drive();
    expect((await keys()).filter((key) => key.endsWith('folded.json'))).toEqual(folded([good]));
    expect(logged('run_not_folded')).toMatchObject([
      ['warn', 'run_not_folded', { run: bad, code: 'object_invalid' }],
    ]);
  });

  it('stops until the next day when the bucket deletes nothing', async () => {
    const { drive, deps, store, keys, old, logged } = await threeRuns();
    const { remove } = store;
    const refusing = {
      ...store,
      remove: async (some: string[]) =>
        some.some((key) => key.startsWith('runs/'))
          ? some.map((key) => ({ key, code: 'AccessDenied' }))
          : remove(some),
    };
    await drive({ ...deps, store: refusing });
    expect((await keys()).filter((key) => key.endsWith('folded.json'))).toEqual([
      layout.folded(old[0] ?? ''),
    ]);
    expect(logged('run_not_folded')).toHaveLength(1);
    expect(await store.get(foldHintKey)).toBeUndefined();
  });
});

describe('a drive that is killed while it folds runs', () => {
  it('ends the same after any call', async () => {
    for (let calls = 0; ; calls += 1) {
      const { driveKilled, drive, keys, old, young, rebuilt, store } = await threeRuns();
      const [before, whole] = [await rebuilt(), await keys(young)];
      const isKilled = await driveKilled(calls);
      const at = `killed after ${calls} calls`;
      expect(await rebuilt(), at).toEqual(before);
      const views = await listRuns(store, { max: 10 }, T0);
      expect(
        views.runs.map(({ outcome }) => outcome),
        at,
      ).toEqual(Array(3).fill('completed'));
      await drive();
      expect((await keys()).sort(), at).toEqual([...folded(old), ...whole].sort());
      expect(await rebuilt(), at).toEqual(before);
      if (!isKilled) return expect(calls).toBeGreaterThan(20);
    }
  });
});

describe('a folded run', () => {
  it('is not run again when it is requested again', async () => {
    const { drive, store, keys, old } = await threeRuns();
    await drive();
    const [runId = ''] = old;
    const request = await findRequest({ store }, runId);
    expect(request).toMatchObject({ run_id: runId, policy: 'nightly' });
    if (request === undefined) throw new Error('no request');
    await putRequest(store, request);
    expect(await requestCancel(store, runId)).toBe('settled');
    await drive();
    expect(await keys(`${runId}/`)).toEqual(folded([runId]));
    expect(await store.list('open/')).toEqual([]);
  });

  it('can be restored, as far as its archives stand', async () => {
    const { drive, deps, old } = await threeRuns();
    const order = { run: old[0] ?? '', restart: true, safety_export: true };
    const before = await chooseArchives(deps, order);
    await drive();
    expect((await chooseArchives(deps, order)).map(({ archive }) => archive?.key)).toEqual(
      before.flatMap(({ archive }) => (archive === undefined ? [] : [archive.key])),
    );
    await expect(chooseArchives(deps, { ...order, failed_only: true })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('only a summary of it is left') as string,
    });
  });

  it('stays in the index of runs when that is rebuilt', async () => {
    const { drive, store } = await threeRuns();
    const before = await listRuns(store, { max: 10 }, T0);
    await drive();
    expect(await listRuns(store, { max: 10 }, T0)).toEqual(before);
    expect(await rebuildRunIndex(store)).toBe(3);
    expect(await listRuns(store, { max: 10 }, T0)).toEqual(before);
  });
});

describe('status and the list of runs', () => {
  it('take as many calls after 5,000 runs as after 50', async () => {
    const { deps, settle } = foldScene();
    const counts: unknown[] = [];
    let runs = 0;
    for (const total of [60, 5_000]) {
      for (; runs < total; runs += 1) {
        if (runs < 60) await settle(runs);
        else
          await storeRun(deps.store, `nightly-${T0 + runs * DAY}`, {
            phones: {},
            settledAt: T0 + runs * DAY,
          });
      }
      const { store, calls } = countingStore(deps.store);
      await listRuns(store, { max: 50 }, T0);
      await policyStatuses({ store, ledger: deps.ledger }, T0);
      counts.push(calls);
    }
    expect(counts[1]).toEqual(counts[0]);
  });
});
