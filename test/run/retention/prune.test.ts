import { describe, expect, it } from 'vitest';
import { putPin } from '../../../lib/ledger/catalogue/pins.ts';
import { rebuildCatalogue } from '../../../lib/ledger/catalogue/rebuild/rebuild.ts';
import { writeCursors } from '../../../lib/ledger/state/cursors.ts';
import { readProtected } from '../../../lib/run/retention/judge/protected.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { archiveOf } from '../../support/archives.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';
import { DAY, nightsOf, pruneScene } from './support/prune-scene.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const newest = (archives: ReturnType<typeof nightsOf>, phones: number, kept: number) =>
  archives
    .slice(-phones * kept)
    .map(({ key }) => key)
    .sort();

describe('applying the retention rules', () => {
  it('deletes what no rule keeps, records it, and takes it out of the catalogue', async () => {
    const scene = pruneScene();
    const archives = nightsOf(3, 6);
    await scene.putPolicy('{ max_backups: 2 }');
    await scene.add(archives);
    const last = await scene.prune();
    expect(last).toMatchObject({
      standing: 18,
      due: 12,
      deleted: 12,
      bytes: 12 * 2_048,
      refused: 0,
    });
    expect([...scene.bucket].sort()).toEqual(newest(archives, 3, 2));
    expect(await scene.keys()).toEqual(newest(archives, 3, 2));
    const first = archives[0]?.run_id ?? '';
    expect(await scene.deletedOf(first)).toEqual(archives.slice(0, 3).map(({ key }) => key));
    expect(await scene.open()).toEqual([]);
    expect(scene.published).toEqual([]);
  });

  it('does nothing the second time', async () => {
    const scene = pruneScene();
    await scene.putPolicy('{ max_backups: 2 }');
    await scene.add(nightsOf(3, 6));
    await scene.prune();
    const calls = scene.purged.length;
    expect(await scene.prune()).toMatchObject({ standing: 6, due: 0, deleted: 0 });
    expect(scene.purged).toHaveLength(calls);
  });

  it('keeps the archives of each policy of a phone, and those of a policy that is gone', async () => {
    const scene = pruneScene();
    await scene.putPolicy('{ max_backups: 1 }');
    await scene.putPolicy('{ max_backups: 1 }', 'weekly');
    await scene.add([...nightsOf(1, 3), ...nightsOf(1, 3, { policy: 'weekly' })]);
    await scene.prune('nightly');
    await scene.prune('weekly');
    expect(scene.bucket.size).toBe(2);
    await scene.store.remove(['policies/weekly.yaml']);
    expect(await scene.prune('weekly')).toMatchObject({ blocked: 'policy_gone', deleted: 0 });
    expect(scene.bucket.size).toBe(2);
  });

  it('deletes nothing when more than may be deleted at once is due, and notifies once', async () => {
    const scene = pruneScene();
    const archives = nightsOf(40, 6);
    await scene.putPolicy('{ max_backups: 3 }');
    await scene.add(archives);
    const blocked = { blocked: 'max_delete', standing: 240, due: 120, deleted: 0 };
    expect(await scene.prune()).toMatchObject(blocked);
    expect(await scene.prune()).toMatchObject(blocked);
    expect(scene.bucket.size).toBe(240);
    expect(scene.published).toMatchObject([
      { kind: 'prune', policy: 'nightly', reason: 'max_delete', counts: { due: 120, deleted: 0 } },
    ]);
    await scene.putPolicy('{ max_backups: 3, max_delete: 50% }');
    expect(await scene.prune()).toMatchObject({ due: 120, deleted: 120 });
    await scene.putPolicy('{ max_backups: 1, max_delete: 50% }');
    await scene.add(nightsOf(40, 12).slice(0, 240));
    expect(await scene.prune()).toMatchObject({ blocked: 'max_delete' });
    expect(scene.published).toHaveLength(2);
  });

  it('keeps what the bucket refuses to delete, with the code, and notifies once', async () => {
    const scene = pruneScene();
    const archives = nightsOf(2_500, 2);
    await scene.putPolicy('{ max_backups: 1, max_delete: 100% }');
    await scene.add(archives);
    const refused = new Set(archives.slice(0, 3).map(({ key }) => key));
    scene.setRefusal((key) => (refused.has(key) ? 'AccessDenied' : undefined));
    const last = await scene.prune();
    expect(last).toMatchObject({ due: 2_500, deleted: 2_497, refused: 3 });
    expect(last?.refusals).toEqual([...refused].map((key) => ({ key, code: 'AccessDenied' })));
    expect((await scene.deletedOf(archives[0]?.run_id ?? '')).length).toBe(2_497);
    expect(await scene.keys()).toHaveLength(2_503);
    expect(scene.purged.flat()).toHaveLength(2_500);
    await scene.prune();
    expect(scene.published).toMatchObject([{ kind: 'prune', codes: ['AccessDenied'] }]);
    scene.setRefusal(() => undefined);
    expect(await scene.prune()).toMatchObject({ deleted: 3, refused: 0 });
  });

  it('leaves a locked archive alone until its lock ends', async () => {
    const scene = pruneScene();
    const archives = nightsOf(1, 3);
    await scene.putPolicy('{ max_backups: 1 }');
    await scene.add(archives);
    const key = archives[0]?.key ?? '';
    scene.locks.set(key, T0 + 2 * DAY);
    expect(await scene.prune()).toMatchObject({ due: 2, deleted: 1, refused: 0 });
    scene.purged.length = 0;
    expect(await scene.prune()).toMatchObject({ due: 0, deleted: 0 });
    expect(scene.purged).toEqual([]);
    scene.clock.move(3 * DAY);
    expect(await scene.prune()).toMatchObject({ due: 1, deleted: 1 });
    expect(scene.published).toEqual([]);
  });

  it('never deletes a pinned archive, also when it is pinned after it was judged', async () => {
    const scene = pruneScene();
    const [oldest, second, ...others] = nightsOf(1, 4);
    if (oldest === undefined || second === undefined) throw new Error('no archives');
    await scene.putPolicy('{ max_backups: 1 }');
    await scene.add([oldest, second, ...others]);
    await putPin(scene.store, oldest, T0);
    const put = scene.store.put;
    const using = {
      ...scene.deps,
      store: {
        ...scene.store,
        put: async (key: string, body: string) => {
          await put(key, body);
          if (key.endsWith('.intent.json')) await putPin(scene.store, second, T0);
        },
      },
    };
    expect(await scene.prune('nightly', { using })).toMatchObject({ deleted: 1, refused: 0 });
    expect(await scene.keys()).toContain(oldest.key);
    expect(await scene.keys()).toContain(second.key);
  });

  it('keeps what an open restore needs', async () => {
    const scene = pruneScene();
    const archives = nightsOf(1, 4);
    await scene.putPolicy('{ max_backups: 1 }');
    await scene.add(archives);
    const run = openRun('restore-1', []);
    const source = archives[1] ?? archiveOf('p', 0);
    const plan = run.plan;
    if (plan === undefined) throw new Error('no plan');
    await writePlan(scene.store, plan, [plannedPhone('p9', { source })]);
    const protect = await readProtected({
      ...scene.store,
      list: async (prefix, options) =>
        prefix === 'open/'
          ? [{ key: layout.request('restore-1'), size: 1, etag: 'e', lastModified: T0 }]
          : scene.store.list(prefix, options),
    });
    expect(archives.map((archive) => protect.isInUse(archive))).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('deletes nothing of a stale policy', async () => {
    const scene = pruneScene();
    await scene.putPolicy('{ max_backups: 1 }');
    await scene.add(nightsOf(1, 3));
    await writeCursors(scene.store, {
      nightly: {
        ...{ etag: 'e', active: true, handled_until: T0 },
        schedule: { cron: '0 30 2 * * *', timezone: 'UTC', start_within: 0 },
        freshness: {
          ...{ counts_from: T0 - 9 * DAY, deadline: 0, language: 'en' },
          objective: { phones: 90 },
        },
      },
    });
    expect(await scene.prune()).toMatchObject({ blocked: 'stale', deleted: 0 });
    expect(scene.bucket.size).toBe(3);
  });

  it('deletes nothing while a part of the catalogue cannot be read, and notifies', async () => {
    const scene = pruneScene();
    await scene.putPolicy('{ max_backups: 1 }');
    await scene.add(nightsOf(1, 3));
    const [shard] = await scene.store.list('phones/nightly/');
    await scene.store.put(shard?.key ?? '', 'broken');
    expect(await scene.prune('nightly', { max: 40 })).toMatchObject({ blocked: 'unreadable' });
    expect(scene.bucket.size).toBe(3);
    expect(scene.published.filter(({ kind }) => kind === 'prune')).toHaveLength(1);
  });

  it('keeps archives in the trash for a time, and takes out what a rule keeps again', async () => {
    const scene = pruneScene();
    const archives = nightsOf(1, 4);
    await scene.putPolicy('{ max_backups: 2, trash: 7d }');
    await scene.add(archives);
    expect(await scene.prune()).toMatchObject({ due: 2, trashed: 2, deleted: 0 });
    expect(await scene.prune()).toMatchObject({ due: 0, trashed: 0, deleted: 0 });
    const oldest = archives[0];
    if (oldest !== undefined) await putPin(scene.store, oldest, T0);
    scene.clock.move(7 * DAY);
    expect(await scene.prune()).toMatchObject({ due: 0, deleted: 1 });
    expect(await scene.keys()).toEqual(
      [archives[0], archives[2], archives[3]].map((one) => one?.key).sort(),
    );
  });

  it('deletes archives of many shards, and leaves no small shards behind', async () => {
    const scene = pruneScene();
    const archives = nightsOf(30, 40);
    await scene.putPolicy('{ max_backups: 1, max_delete: 100% }');
    await scene.add(archives, 8_192);
    expect((await scene.store.list('phones/')).length).toBeGreaterThan(5);
    expect(await scene.prune('nightly', { max: 20 })).toMatchObject({ deleted: 39 * 30 });
    expect(await scene.keys()).toEqual(newest(archives, 30, 1));
    expect((await scene.store.list('phones/')).length).toBeLessThan(3);
  });
});

it('is given up when no drive can judge all archives in its time, and notifies', async () => {
  const scene = pruneScene();
  await scene.putPolicy('{ max_backups: 1 }');
  await scene.add(nightsOf(1, 3));
  const get: typeof scene.store.get = async (key) => {
    if (key.startsWith('phones/nightly/')) scene.clock.move(51_000);
    return scene.store.get(key);
  };
  const using = { ...scene.deps, store: { ...scene.store, get } };
  const last = await scene.prune('nightly', { using, max: 40 });
  expect(last).toMatchObject({ blocked: 'failed', deleted: 0 });
  expect(scene.bucket.size).toBe(3);
  expect(scene.published).toMatchObject([{ kind: 'prune', reason: 'failed' }]);
});

describe('a drive that is killed while it deletes', () => {
  it('leaves what the next one brings to the same end', async () => {
    for (let call = 1; ; call += 1) {
      const scene = pruneScene();
      const archives = nightsOf(2, 5);
      await scene.putPolicy('{ max_backups: 2 }');
      await scene.add(archives);
      const isKilled = await scene.pruneKilled(call);
      const last = await scene.prune();
      expect(last?.blocked, `killed at call ${call}`).toBeUndefined();
      expect(await scene.keys(), `killed at call ${call}`).toEqual(newest(archives, 2, 2));
      expect([...scene.bucket].sort()).toEqual(newest(archives, 2, 2));
      for (const run of new Set(archives.slice(0, -4).map(({ run_id }) => run_id))) {
        expect((await scene.deletedOf(run)).length, `killed at call ${call}`).toBe(2);
      }
      expect(await scene.open()).toEqual([]);
      if (!isKilled) {
        expect(call).toBeGreaterThan(15);
        return;
      }
    }
  });
});

it('is never undone by a rebuild of the catalogue', async () => {
  const scene = pruneScene();
  await scene.putPolicy('{ max_backups: 1 }');
  await scene.add(nightsOf(1, 3));
  await scene.prune();
  expect((await rebuildCatalogue(scene.store)).errors).toEqual([]);
  expect(await scene.keys()).toHaveLength(1);
});
