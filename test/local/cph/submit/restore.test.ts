import { uidOf } from '../../../../local/cph/world/world.ts';
import { describe, expect, it } from 'vitest';
import { BUCKET, cphFixture, entriesOf } from '../../support/cph.ts';

const HOUR = 3_600_000;
const phones = (...versions: string[]) => ({
  servers: [
    {
      name: 's1',
      tags: {},
      phones: versions.map((imageVersion, index) => ({ name: `game-${index}`, imageVersion })),
    },
  ],
});

async function backUpAndRestore(from: string, to: string, restore: 'merge' | 'replace' = 'merge') {
  const cloud = cphFixture({ fleet: phones(from, to), switches: { restore } });
  const [source, target] = cloud.phones();
  await cloud.export([source!.id], { object_path: 'a.tar', include_files: ['/data'] });
  await cloud.pass(HOUR);
  const response = await cloud.send('POST', `${cloud.base}/phones/batch-restore`, {
    restore_infos: [{ phone_id: target!.id, bucket_name: BUCKET, object_path: 'a.tar' }],
  });
  await cloud.pass(HOUR);
  const [job] = await cloud.jobs(response.body.request_id);
  return { cloud, source: source!, target: target!, job };
}

describe('batch-restore', () => {
  const inData = (file: { path: string }) => file.path.startsWith('/data/');

  it('merges the archive into the files of the target, with the owners of the source', async () => {
    const { cloud, source, target, job } = await backUpAndRestore('AOSP 9.0', 'AOSP 11.0');
    const restored = await cloud.control.files(target.id);
    const original = await cloud.control.files(source.id);
    expect(job?.status).toBe(2);
    expect(restored).toEqual(expect.arrayContaining(original!.filter(inData)));
    // The folder of an app on Android 11, which the source does not have.
    expect(restored!.some(({ path }) => path.startsWith('/data/app/~~'))).toBe(true);
    const app = '/data/data/com.example.game/databases/app.db';
    expect(uidOf(cloud.world, target, app)).toBe(uidOf(cloud.world, source, app));
  });

  it('replaces the files of the target by the archived ones where it replaces', async () => {
    const made = await backUpAndRestore('AOSP 9.0', 'AOSP 11.0', 'replace');
    const { cloud, source, target, job } = made;
    const restored = await cloud.control.files(target.id);
    const original = await cloud.control.files(source.id);
    expect(job?.status).toBe(2);
    expect(restored?.filter(inData)).toEqual(original?.filter(inData));
    expect(restored).toContainEqual(expect.objectContaining({ path: '/cache/recovery/last_log' }));
  });

  it('fails for a target with an older Android', async () => {
    const { job } = await backUpAndRestore('AOSP 11.0', 'AOSP 9.0');
    expect(job).toMatchObject({ status: -1, error_code: 'CPS.0172' });
  });

  it.each([
    ['no object', 'absent.tar', BUCKET, 'CPS.0104'],
    ['no bucket', 'absent.tar', 'nowhere', 'CPS.0104'],
    ['no tar', 'text.tar', BUCKET, 'CPS.0172'],
  ])('fails if there is %s', async (_, key, bucket, code) => {
    const cloud = cphFixture({ fleet: phones('AOSP 9.0') });
    const { id } = cloud.phones()[0]!;
    const body = new Uint8Array(Buffer.from('no archive'.repeat(100)));
    await cloud.backend.write(BUCKET, 'text.tar', body, { lastModified: 0 });
    const before = await cloud.control.files(id);
    const response = await cloud.send('POST', `${cloud.base}/phones/batch-restore`, {
      restore_infos: [{ phone_id: id, bucket_name: bucket, object_path: key }],
    });
    await cloud.pass(HOUR);
    expect((await cloud.jobs(response.body.request_id))[0]).toMatchObject({
      status: -1,
      error_code: code,
    });
    expect(await cloud.control.files(id)).toEqual(before);
  });

  it('fails if the object store breaks', async () => {
    const cloud = cphFixture({ fleet: phones('AOSP 9.0') });
    const { id } = cloud.phones()[0]!;
    cloud.backend.stat = () => Promise.reject(new Error('disk'));
    const response = await cloud.send('POST', `${cloud.base}/phones/batch-restore`, {
      restore_infos: [{ phone_id: id, bucket_name: BUCKET, object_path: 'a.tar' }],
    });
    await cloud.pass(HOUR);
    const [job] = await cloud.jobs(response.body.request_id);
    expect(job).toMatchObject({ status: -1, error_code: 'CPS.0003' });
  });

  it('refuses too many items as a whole, but a busy phone alone', async () => {
    const cloud = cphFixture({ fleet: phones('AOSP 9.0'), limits: { restoreInfosPerCall: 1 } });
    const { id } = cloud.phones()[0]!;
    const item = { phone_id: id, bucket_name: BUCKET, object_path: 'a.tar' };
    const send = (...restore_infos: unknown[]) =>
      cloud.send('POST', `${cloud.base}/phones/batch-restore`, { restore_infos });
    expect((await send(item, item)).body.error_code).toBe('CPS.0171');
    await cloud.export([id]);
    expect(entriesOf(await send(item))[0]?.error_code).toBe('CPS.0042');
  });
});
