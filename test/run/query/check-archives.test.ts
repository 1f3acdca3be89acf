import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { checkArchives } from '../../../lib/run/query/check-archives.ts';
import { archiveOf } from '../../support/archives.ts';
import { runScene } from '../../support/run-scene.ts';
import { T0 } from '../../support/runs.ts';

const policyText = (name: string, bucket: string): string =>
  `name: ${name}\nselect: { name: "*" }\nexport: { include: [/data], bucket: ${bucket} }\n`;

async function scene() {
  const world = runScene();
  const archives = [archiveOf('p1', T0), archiveOf('p2', T0)];
  await addArchives(world.store, archives);
  for (const { key } of archives) world.land(key);
  return { ...world, keys: archives.map(({ key }) => key) };
}

describe('checkArchives', () => {
  it('finds nothing where catalogue and bucket agree', async () => {
    const { deps } = await scene();
    expect(await checkArchives(deps)).toEqual({ missing: [], unknown: [] });
  });

  it('names missing archives, and unknown objects that look like archives', async () => {
    const { deps, store, land, keys } = await scene();
    const lost = archiveOf('p3', T0);
    await addArchives(store, [lost]);
    const foreign = ['notes.txt', 'some/photo.tar', 'nightly/Nightly-1/p1-1.tar', 'a/r-1/p1-0.tar'];
    for (const key of [...foreign, 'a/r-1/p1-2.tar', 'r-1/p1-1.tar']) land(key);
    expect(await checkArchives(deps)).toEqual({
      missing: [lost.key],
      unknown: ['a/r-1/p1-2.tar', 'r-1/p1-1.tar'],
    });
    expect(keys).toHaveLength(2);
  });

  it('leaves out the archives of open runs', async () => {
    const { deps, store, land } = await scene();
    await putRequest(store, { run_id: 'nightly-7', policy: 'nightly', trigger: 'http' });
    land('nightly/nightly-7/p1-1.tar');
    expect(await checkArchives(deps)).toEqual({ missing: [], unknown: [] });
  });

  it('looks into the buckets of policies too', async () => {
    const { deps, store } = await scene();
    await store.put('policies/weekly.yaml', policyText('weekly', 'other-bucket'));
    const asked: string[] = [];
    const list: typeof deps.archives.list = async (bucket, ...rest) => {
      asked.push(bucket);
      return deps.archives.list(bucket, ...rest);
    };
    await checkArchives({ ...deps, archives: { ...deps.archives, list } });
    expect(asked).toEqual(['my-phone-backups', 'other-bucket']);
  });

  it('counts all archives of a deleted bucket as missing', async () => {
    const { deps, keys } = await scene();
    const list = () => Promise.reject(new PhonevaultError('bucket_missing', 'no bucket'));
    const archives = { ...deps.archives, list };
    expect(await checkArchives({ ...deps, archives })).toEqual({ missing: keys, unknown: [] });
  });

  it('names the shards that cannot be used', async () => {
    const { deps, store, keys } = await scene();
    await store.put('policies/nightly.yaml', policyText('nightly', 'my-phone-backups'));
    const [shard] = await store.list('phones/');
    await store.put(shard?.key ?? '', 'broken');
    const { missing, unknown, unreadable } = await checkArchives(deps);
    expect([missing, unknown]).toEqual([[], keys]);
    expect(unreadable).toMatchObject([{ key: shard?.key }]);
  });
});
