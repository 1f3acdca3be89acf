import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { ARCHIVE_TOKEN, listArchives } from '../../../lib/run/query/archives.ts';
import { archiveSchema } from '../../../lib/run/query/schemas/archive.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { putPin } from '../../../lib/ledger/catalogue/pins.ts';
import { archiveOf, catalogued } from '../../support/archives.ts';
import { T0 } from '../../support/runs.ts';

async function ledger() {
  const store = memoryStore(playClock());
  const flags = { generation: T0 - 1, suspect: true } as const;
  await addArchives(store, [
    archiveOf('p1', T0, { image_version: 'AOSP 10.0', flags }),
    archiveOf('p1', T0 + 1, { policy: 'weekly' }),
    archiveOf('p2', T0 + 2),
  ]);
  const list = async (filter: Partial<Parameters<typeof listArchives>[1]> = {}) =>
    listArchives(store, { max: 10, ...filter });
  return { store, list };
}

describe('listArchives', () => {
  it('shows what is known of each archive, newest first', async () => {
    const { list, store } = await ledger();
    const [oldest] = (await catalogued(store)).slice(-1);
    if (oldest !== undefined) await putPin(store, oldest, T0);
    const { archives, ...rest } = await list();
    expect(rest).toEqual({});
    expect(archiveSchema.strict().array().parse(archives)).toEqual(archives);
    expect(archives.map(({ phone_id, policy }) => [phone_id, policy])).toEqual([
      ['p2', 'nightly'],
      ['p1', 'weekly'],
      ['p1', 'nightly'],
    ]);
    expect(archives[2]).toEqual({
      ...{ phone_id: 'p1', phone_name: 'game-p1', policy: 'nightly', run_id: `nightly-${T0}` },
      ...{ trigger: 'timer', bucket: 'my-phone-backups', size: 2_048, etag: 'e' },
      key: `nightly/20260102/nightly-${T0}/p1-1.tar`,
      ...{ verified_at: new Date(T0).toISOString(), generation: new Date(T0 - 1).toISOString() },
      ...{ image_version: 'AOSP 10.0', suspect: true, pinned: true },
      ...{ include: ['/data/data'], exclude: [] },
    });
  });

  it.each([
    [{ phone: 'game-p1' }, ['weekly', 'nightly']],
    [{ phone: 'p1', policy: 'nightly' }, ['nightly']],
    [{ at: T0 + 1 }, ['weekly', 'nightly']],
    [{ policy: 'monthly' }, []],
  ])('filters by %j', async (filter, policies) => {
    const { list } = await ledger();
    expect((await list(filter)).archives.map(({ policy }) => policy)).toEqual(policies);
  });

  it('continues after the page before', async () => {
    const { list } = await ledger();
    const first = await list({ max: 2 });
    expect(first.next).toMatch(ARCHIVE_TOKEN);
    const second = await list({ max: 2, after: first.next ?? '' });
    expect(second.archives.map(({ policy }) => policy)).toEqual(['nightly']);
    expect(second.next).toBeUndefined();
  });

  it('throws for a phone without an archive, and says when that may be because of a shard', async () => {
    const { store, list } = await ledger();
    await expect(list({ phone: 'p9' })).rejects.toMatchObject({ code: 'not_found' });
    const [shard] = await store.list('phones/weekly/');
    await store.put(shard?.key ?? '', 'broken');
    await expect(list({ phone: 'p9' })).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining(shard?.key ?? '') as string,
    });
  });

  it('names a shard that cannot be used, and lists the rest', async () => {
    const { store, list } = await ledger();
    const [shard] = await store.list('phones/weekly/');
    await store.put(shard?.key ?? '', 'broken');
    const { archives, unreadable } = await list({ phone: 'p1' });
    expect(archives.map(({ policy }) => policy)).toEqual(['nightly']);
    expect(unreadable).toMatchObject([{ key: shard?.key, code: 'object_invalid' }]);
  });
});
