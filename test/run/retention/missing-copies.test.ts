import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { nightsOf, pruneScene } from './support/prune-scene.ts';

const PHONES = 12;
const NIGHTS = 4;

async function scene() {
  const made = pruneScene();
  const archives = nightsOf(PHONES, NIGHTS);
  await made.putPolicy('{ max_backups: 1, max_delete: 100% }');
  await made.add(archives);
  const last = archives.slice(-PHONES);
  const ofPhone = (phone: number): string[] =>
    archives.filter(({ phone_id }) => phone_id === `p${phone}`).map(({ key }) => key);
  return { ...made, archives, last, ofPhone };
}

describe('before older archives of a phone are deleted', () => {
  it('looks up the last good ones with one LIST a folder', async () => {
    const { prune, lists, heads, last } = await scene();
    expect(await prune()).toMatchObject({ deleted: PHONES * (NIGHTS - 1), missing: 0 });
    const folder = last[0]?.key.replace(/[^/]+$/, '');
    expect(lists).toEqual([folder]);
    expect(heads).toEqual([]);
  });

  it('deletes nothing of a phone whose last good archive is missing, and tells so once', async () => {
    const { prune, bucket, keys, last, ofPhone, published } = await scene();
    const lost = last[3]?.key ?? '';
    bucket.delete(lost);
    const due = PHONES * (NIGHTS - 1);
    expect(await prune()).toMatchObject({
      ...{ due, deleted: due - (NIGHTS - 1), refused: 0 },
      ...{ missing: 1, missing_keys: [lost] },
    });
    for (const key of ofPhone(3)) expect(await keys()).toContain(key);
    expect(ofPhone(3).filter((key) => bucket.has(key))).toHaveLength(NIGHTS - 1);
    await prune();
    expect(published).toMatchObject([
      { kind: 'prune', policy: 'nightly', reason: 'missing', counts: { missing: 1 } },
    ]);
    bucket.add(lost);
    expect(await prune()).toMatchObject({ deleted: NIGHTS - 1, missing: 0 });
    expect(published).toHaveLength(1);
  });

  it.each([
    ['missing in all phones', 'gone'],
    ['overwritten', 'other'],
  ])('keeps all archives when the last good ones are %s', async (_, how) => {
    const { prune, bucket, etags, last } = await scene();
    for (const { key } of last) {
      if (how === 'gone') bucket.delete(key);
      else etags.set(key, 'other');
    }
    const before = bucket.size;
    expect(await prune()).toMatchObject({ deleted: 0, missing: PHONES });
    expect(bucket.size).toBe(before);
  });

  it('believes HEAD when LIST does not show an archive yet', async () => {
    const { prune, deps, heads, last } = await scene();
    const hidden = last[5]?.key ?? '';
    const list: typeof deps.archives.list = async (...args) => {
      const { objects } = await deps.archives.list(...args);
      return { objects: objects.filter(({ key }) => key !== hidden) };
    };
    const using = { ...deps, archives: { ...deps.archives, list } };
    const all = PHONES * (NIGHTS - 1);
    expect(await prune('nightly', { using })).toMatchObject({ deleted: all, missing: 0 });
    expect(heads).toEqual([hidden]);
  });

  it('asks for nothing when nothing is due', async () => {
    const { prune, lists, heads } = await scene();
    await prune();
    [lists.length, heads.length] = [0, 0];
    expect(await prune()).toMatchObject({ due: 0 });
    expect([...lists, ...heads]).toEqual([]);
  });

  it('puts nothing of such a phone into the trash', async () => {
    const { prune, putPolicy, bucket, last } = await scene();
    await putPolicy('{ max_backups: 1, max_delete: 100%, trash: 7d }');
    bucket.delete(last[0]?.key ?? '');
    expect(await prune()).toMatchObject({ missing: 1, trashed: (PHONES - 1) * (NIGHTS - 1) });
  });

  it('deletes nothing while the bucket cannot be listed, and gives up after half an hour', async () => {
    const { prune, deps, bucket, published, open } = await scene();
    const before = bucket.size;

    const list = () => Promise.reject(new PhonevaultError('access_denied', 'LIST refused'));
    const using = { ...deps, archives: { ...deps.archives, list } };
    expect(await prune('nightly', { using, max: 40 })).toMatchObject({ blocked: 'failed' });
    expect(bucket.size).toBe(before);
    expect(await open()).toEqual([]);
    expect(published).toMatchObject([{ kind: 'prune', reason: 'failed' }]);
  });
});
