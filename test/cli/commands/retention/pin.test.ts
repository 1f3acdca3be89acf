import { describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import type { ArchiveView } from '../../../../lib/run/query/schemas/archive.ts';
import { threeNights } from './three-nights.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

async function scene(retention?: string) {
  const world = await threeNights(retention);
  const archives = async () => (await world.json<ArchiveView[]>('archives', 'game-0001')).value;
  const [newest, second, oldest] = await archives();
  if (newest === undefined || second === undefined || oldest === undefined) throw new Error('few');
  return { ...world, archives, newest, second, oldest };
}

describe('pin and unpin', () => {
  // Each test has an archive of its own: they share one world.
  const world = scene();

  it('keep an archive that retention would delete, until it is unpinned', async () => {
    const { cli, archives, newest, oldest } = await scene();
    const { code, out } = await cli.run('pin', 'game-0001', '--at', oldest.verified_at);
    expect([code, out]).toEqual([0, `pinned: obs://${oldest.bucket}/${oldest.key}`]);
    await cli.run('prune', 'nightly');
    expect((await archives()).map(({ key, pinned }) => [key, pinned])).toEqual([
      [newest.key, undefined],
      [oldest.key, true],
    ]);
    expect((await cli.run('unpin', oldest.key)).code).toBe(0);
    await cli.run('prune', 'nightly');
    expect(await archives()).toHaveLength(1);
  });

  it('print the archive as JSON', async () => {
    const { json, newest } = await world;
    expect((await json('pin', newest.key)).value).toMatchObject({ key: newest.key, pinned: true });
    const unpinned = (await json<ArchiveView>('unpin', newest.key)).value;
    expect(unpinned.key).toBe(newest.key);
    expect(unpinned.pinned).not.toBe(true);
  });

  it('fail for an archive that nobody knows', async () => {
    const { cli } = await world;
    expect((await cli.run('pin', 'a/b/p1-1.tar')).code).toBe(1);
    expect((await cli.run('unpin', 'game-9999')).code).toBe(1);
  });

  it('leave no pin of an archive that is gone', async () => {
    const { cli, store, second } = await world;
    await cli.night.cloud.backend.remove(second.bucket, second.key);
    const { code, err } = await cli.run('pin', second.key);
    expect([code, err]).toEqual([1, expect.stringContaining('is gone')]);
    expect(await store.list(layout.pins)).toEqual([]);
  });
});

describe('archives undelete', () => {
  it('takes an archive out of the trash', async () => {
    const { cli, archives, json, second, oldest } = await scene('{ max_backups: 1, trash: 7d }');
    await cli.run('prune', 'nightly');
    const inTrash = (await archives()).map(({ trashed_at }) => trashed_at !== undefined);
    expect(inTrash).toEqual([false, true, true]);
    expect((await cli.run('archives', 'undelete', second.key)).code).toBe(0);
    cli.night.clock.move(8 * 86_400_000);
    cli.renew();
    const explain = ['retention', 'explain', 'game-0001'];
    const { value } = await json<{ key: string; keep: boolean }[]>(...explain);
    expect(value.map(({ keep }) => keep)).toEqual([true, true, false]);
    expect(value[2]?.key).toBe(oldest.key);
  });
});
