import { describe, expect, it } from 'vitest';
import type { Archive } from '../../../lib/ledger/catalogue/archive.ts';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { lastArchives } from '../../../lib/ledger/catalogue/last-archives.ts';
import { recordLateArchive } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { previewPrune } from '../../../lib/run/retention/preview.ts';
import { archiveOf, catalogued } from '../../support/archives.ts';
import { T0 } from '../../support/runs.ts';
import { DAY, nightsOf, pruneScene } from './support/prune-scene.ts';

const kinds = ['superseded', 'orphaned'] as const;

/** A leftover of a run some days before T0. */
function leftover(days: number, kind: (typeof kinds)[number], phone = 'p0'): Archive {
  const at = T0 - days * DAY;
  const run_id = `nightly-${at}`;
  const key = `nightly/20260102/${run_id}/${phone}-9.tar`;
  return archiveOf(phone, at + 1, { run_id, key, etag: '', flags: { leftover: kind } });
}

async function sceneWith(own: Archive[], rules = '{ max_backups: 2 }', nights = 2) {
  const scene = pruneScene();
  await scene.putPolicy(rules);
  await scene.add([...nightsOf(1, nights), ...own]);
  return scene;
}

async function reasonsIn(scene: ReturnType<typeof pruneScene>, key: string) {
  const preview = await previewPrune(scene.deps, 'nightly');
  for await (const { archive, keep, reasons } of preview.archives()) {
    if (archive.key === key) return { keep, reasons };
  }
  return undefined;
}

describe.each(kinds)('a leftover that is %s', (kind) => {
  it('is deleted a week after its run, with that reason and a record', async () => {
    const own = leftover(5, kind);
    const scene = await sceneWith([own]);
    expect(await reasonsIn(scene, own.key)).toEqual({ keep: true, reasons: [kind] });
    expect(await scene.prune()).toMatchObject({ standing: 3, due: 0, deleted: 0 });
    scene.clock.move(2 * DAY);
    expect(await reasonsIn(scene, own.key)).toEqual({ keep: false, reasons: [kind] });
    expect(await scene.prune()).toMatchObject({ due: 1, deleted: 1, bytes: 2_048 });
    expect(scene.purged).toEqual([[own.key]]);
    expect(await scene.deletedOf(own.run_id)).toEqual([own.key]);
    expect(await reasonsIn(scene, own.key)).toBeUndefined();
    expect(await scene.keys()).toHaveLength(2);
  });

  it('is no archive for anybody else', async () => {
    const own = leftover(5, kind);
    const scene = await sceneWith([own]);
    expect((await catalogued(scene.store)).map(({ key }) => key)).not.toContain(own.key);
    const { archives } = await lastArchives(scene.store, 'nightly', new Map([['p0', 0]]));
    expect(archives.get('p0')?.key).not.toBe(own.key);
  });

  it('stays while the phone has no good archive', async () => {
    const own = leftover(30, kind, 'p7');
    const scene = await sceneWith([own]);
    expect(await scene.prune()).toMatchObject({ due: 0, deleted: 0 });
    expect(await reasonsIn(scene, own.key)).toEqual({ keep: true, reasons: [kind] });
  });

  it('goes into the trash first when the policy has one', async () => {
    const own = leftover(30, kind);
    const scene = await sceneWith([own], '{ max_backups: 2, trash: 3d }');
    expect(await scene.prune()).toMatchObject({ trashed: 1, deleted: 0 });
    scene.clock.move(3 * DAY);
    expect(await scene.prune()).toMatchObject({ deleted: 1 });
  });

  it('stays while the last good archive of its phone is missing in the bucket', async () => {
    const own = leftover(30, kind);
    const scene = await sceneWith([own]);
    for (const key of scene.bucket) if (key !== own.key) scene.bucket.delete(key);
    expect(await scene.prune()).toMatchObject({ due: 1, deleted: 0, missing: 1 });
    expect(scene.bucket.has(own.key)).toBe(true);
  });

  it('ends the same when the drive is killed after any call', async () => {
    for (let calls = 0; ; calls += 1) {
      const [own, other] = [leftover(30, kind), leftover(31, kind)];
      const scene = await sceneWith([own, other]);
      const isKilled = await scene.pruneKilled(calls);
      await scene.prune();
      const at = `killed after ${calls} calls`;
      expect([...scene.bucket].sort(), at).toEqual(await scene.keys());
      expect(await scene.deletedOf(own.run_id), at).toEqual([own.key]);
      expect(await scene.deletedOf(other.run_id), at).toEqual([other.key]);
      expect(await scene.open(), at).toEqual([]);
      if (!isKilled) return expect(calls).toBeGreaterThan(15);
    }
  });
});

describe('an orphaned archive that a job confirmed after the report', () => {
  const late = ({ phone_id, key, verified_at }: Archive) => ({
    ...{ phone_id, attempt: 9, key, size: 2_048, etag: 'e', seen_at: verified_at + DAY },
  });

  it('is never deleted as a leftover, also when the catalogue does not know it', async () => {
    const [own, other] = [leftover(30, 'orphaned'), leftover(31, 'orphaned')];
    const scene = await sceneWith([own, other]);
    await recordLateArchive(scene.store, own.run_id, late(own));
    await recordLateArchive(scene.store, other.run_id, { ...late(other), unconfirmed: true });
    expect(await scene.prune()).toMatchObject({ due: 2, deleted: 1 });
    expect(scene.bucket.has(own.key)).toBe(true);
    expect(scene.bucket.has(other.key)).toBe(false);
  });

  it('is never deleted while what arrived late cannot be read', async () => {
    const own = leftover(30, 'orphaned');
    const scene = await sceneWith([own]);
    await scene.store.put(`runs/${own.run_id}/late/p0-9.json`, '{');
    expect(await scene.prune()).toMatchObject({ due: 1, deleted: 0 });
  });

  it('becomes an archive when it is added to the catalogue', async () => {
    const own = leftover(30, 'orphaned');
    const scene = await sceneWith([own]);
    await addArchives(scene.store, [{ ...own, flags: {}, etag: 'e' }]);
    expect((await catalogued(scene.store)).map(({ key }) => key)).toContain(own.key);
    await addArchives(scene.store, [own]);
    expect((await catalogued(scene.store)).map(({ key }) => key)).toContain(own.key);
  });
});
