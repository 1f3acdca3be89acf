import { describe, expect, it } from 'vitest';
import { readPruneProgress } from '../../../lib/ledger/retention/progress.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import { nightsOf, pruneScene } from './support/prune-scene.ts';

const PHONES = 7;
const NIGHTS = 30;
const RULES = '{ max_backups: 20, max_delete: 100% }';

/** A policy whose archives fill so many small shards that its phones are judged in parts. */
async function largeScene(rules = RULES) {
  const scene = pruneScene();
  const archives = nightsOf(PHONES, NIGHTS);
  await scene.putPolicy(rules);
  await scene.add(archives, 1);
  const shards = await scene.store.list('phones/nightly/');
  const kept = (nights: number): string[] =>
    archives
      .slice(-PHONES * nights)
      .map(({ key }) => key)
      .sort();
  /** Drives in which reading the catalogue once takes `ms`. */
  const slow = (ms: number): RunDeps => ({
    ...scene.deps,
    store: {
      ...scene.store,
      get: async (key) => {
        if (key.startsWith('phones/nightly/')) scene.clock.move(ms / shards.length);
        return scene.store.get(key);
      },
    },
  });
  return { ...scene, archives, kept, slow };
}

describe('a policy with so many archives that its phones are judged in parts', () => {
  it('ends as one that is judged in one go', async () => {
    const scene = await largeScene();
    const due = PHONES * (NIGHTS - 20);
    expect(await scene.prune()).toMatchObject({ standing: PHONES * NIGHTS, due, deleted: due });
    expect(await scene.keys()).toEqual(scene.kept(20));
    expect([...scene.bucket].sort()).toEqual(scene.kept(20));
    expect(await scene.open()).toEqual([]);
    expect(await readPruneProgress(scene.store, 'nightly')).toBeUndefined();
  });

  it('goes on in the next drive with the part that was not finished', async () => {
    const scene = await largeScene();
    expect(await scene.prune('nightly', { using: scene.slow(24_000), max: 1 })).toBeUndefined();
    const progress = await readPruneProgress(scene.store, 'nightly');
    expect(progress).toMatchObject({ counted: 2, pruned: 0 });
    expect(progress?.parts).toBe(3);
    expect(scene.purged).toEqual([]);
    const due = PHONES * (NIGHTS - 20);
    const using = scene.slow(24_000);
    expect(await scene.prune('nightly', { using, max: 20 })).toMatchObject({ due });
    expect(await scene.keys()).toEqual(scene.kept(20));
  });

  it('deletes nothing of the first part while more of all parts is due than may be deleted at once', async () => {
    const scene = await largeScene('{ max_backups: 2, max_delete: 50% }');
    expect(await scene.prune('nightly', { using: scene.slow(24_000), max: 10 })).toMatchObject({
      blocked: 'max_delete',
      due: PHONES * (NIGHTS - 2),
      deleted: 0,
    });
    expect(scene.purged).toEqual([]);
    expect(await scene.open()).toEqual([]);
  });

  it('begins anew under other rules', async () => {
    const scene = await largeScene();
    await scene.prune('nightly', { using: scene.slow(24_000), max: 1 });
    await scene.putPolicy('{ max_backups: 29, max_delete: 100% }');
    expect(await scene.prune()).toMatchObject({ due: PHONES, deleted: PHONES });
    expect(await scene.keys()).toEqual(scene.kept(29));
  });

  it('counts anew what was counted long ago', async () => {
    const scene = await largeScene('{ max_backups: 2, max_delete: 95% }');
    await scene.prune('nightly', { using: scene.slow(16_000), max: 1 });
    expect(await readPruneProgress(scene.store, 'nightly')).toBeDefined();
    scene.clock.move(7 * 3_600_000);
    const before = scene.clock.now();
    await scene.prune('nightly', { using: scene.slow(24_000), max: 1 });
    const progress = await readPruneProgress(scene.store, 'nightly');
    expect(progress?.at).toBeGreaterThanOrEqual(before);
  });

  it('takes out of the trash only what a rule keeps again', async () => {
    const scene = await largeScene('{ max_backups: 28, max_delete: 100%, trash: 7d }');
    expect(await scene.prune()).toMatchObject({ due: 2 * PHONES, trashed: 2 * PHONES });
    expect(await scene.prune()).toMatchObject({ due: 0, trashed: 0, deleted: 0 });
    scene.clock.move(7 * 86_400_000);
    expect(await scene.prune()).toMatchObject({ deleted: 2 * PHONES });
    expect(await scene.keys()).toEqual(scene.kept(28));
  });

  it('ends the same when drives are killed after any number of calls', async () => {
    for (const calls of [5, 300, 460, 640, 700]) {
      const scene = await largeScene('{ max_backups: 28, max_delete: 100% }');
      expect(await scene.pruneKilled(calls)).toBe(true);
      expect((await scene.prune())?.blocked, `killed after ${calls} calls`).toBeUndefined();
      expect(await scene.keys(), `killed after ${calls} calls`).toEqual(scene.kept(28));
      expect([...scene.bucket].sort()).toEqual(scene.kept(28));
      expect(await scene.open()).toEqual([]);
    }
  });
});
