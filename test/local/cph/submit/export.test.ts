import { describe, expect, it } from 'vitest';
import { unpackArchive } from '../../../../local/cph/archive/archive.ts';
import { filesOf } from '../../../../local/cph/world/world.ts';
import { BUCKET, cphFixture } from '../../support/cph.ts';

const HOUR = 3_600_000;

describe('an export job', () => {
  it('writes the listed paths without the excludes, and overwrites an existing object', async () => {
    const cloud = cphFixture();
    const phone = cloud.running()[0]!;
    await cloud.backend.write(BUCKET, `${phone.id}.tar`, new Uint8Array(3), { lastModified: 0 });
    await cloud.export([phone.id], {
      include_files: ['/data/data', '/data/media/0', '/data/absent'],
      exclude_files: ['/data/data/com.example.c*'],
    });
    await cloud.pass(HOUR);
    const stored = await cloud.backend.read(BUCKET, `${phone.id}.tar`);
    const unpacked = await unpackArchive(stored!.body);
    const wanted = [...filesOf(cloud.world, phone)]
      .filter(([path]) => /^\/data\/(data|media\/0)\//.test(path))
      .filter(([path]) => !path.startsWith('/data/data/com.example.c'));
    const found = unpacked.filter((entry) => entry.data !== undefined);
    expect(
      new Map(found.map(({ path, data }) => [path, Buffer.from(data!).toString('hex')])),
    ).toEqual(new Map(wanted.map(([path, data]) => [path, Buffer.from(data).toString('hex')])));
    expect(wanted.length).toBeGreaterThan(5);
    expect(unpacked.map((entry) => entry.path)).toContain('/data/data');
    expect(unpacked.map((entry) => entry.path)).not.toContain('/data');
  });

  it('takes a base time and more by the amount of data, and shows real times', async () => {
    const cloud = cphFixture();
    const phone = cloud.running()[0]!;
    phone.dataBytes = 500_000_000;
    const response = await cloud.export([phone.id]);
    await cloud.pass(14_999);
    const [before] = await cloud.jobs(response.body.request_id);
    await cloud.pass(1_001);
    const [after] = await cloud.jobs(response.body.request_id);
    expect(before?.status).toBe(1);
    expect(before?.end_time ?? null).toBeNull();
    expect(after).toMatchObject({
      status: 2,
      begin_time: '2026-01-02T02:30:00Z',
      end_time: '2026-01-02T02:30:15Z',
      error_code: null,
      error_msg: null,
      execute_msg: null,
    });
  });

  it.each([
    ['the bucket is missing', { bucket_name: 'nowhere' }, {}, 'CPS.0103'],
    ['CPH cannot write to the bucket', {}, { delegation: 'fails_job' as const }, 'CPS.0103'],
    ['no path exists', { include_files: ['/data/absent'] }, {}, 'CPS.0199'],
  ])('fails if %s', async (_, item, switches, code) => {
    const cloud = cphFixture({ switches });
    const response = await cloud.export([cloud.running()[0]!.id], item);
    await cloud.pass(HOUR);
    const [job] = await cloud.jobs(response.body.request_id);
    expect(job).toMatchObject({ status: -1, error_code: code });
    expect(job?.end_time).toBeTypeOf('string');
    expect(await cloud.backend.list(BUCKET, '')).toEqual([]);
  });

  it('is refused at submission if the delegation is missing, by switch', async () => {
    const cloud = cphFixture({ switches: { delegation: 'refuses_call' } });
    const response = await cloud.export([cloud.running()[0]!.id]);
    expect(response).toMatchObject({ status: 400, body: { error_code: 'CPS.0346' } });
  });

  it.each([
    ['deleted', 'CPS.0005'],
    ['reset', 'CPS.0054'],
  ])('fails if its phone is %s meanwhile', async (how, code) => {
    const cloud = cphFixture({ switches: { partialObjectRate: 0 } });
    const { id } = cloud.running()[0]!;
    const response = await cloud.export([id]);
    await cloud.pass(1_000);
    if (how === 'deleted') await cloud.control.deletePhone(id);
    else
      await cloud.send('POST', `${cloud.base}/phones/batch-reset`, { phones: [{ phone_id: id }] });
    await cloud.pass(HOUR);
    const [job] = await cloud.jobs(response.body.request_id);
    expect(job).toMatchObject({ status: -1, error_code: code });
    expect(await cloud.backend.list(BUCKET, '')).toEqual([]);
  });

  it('leaves the first part of its archive when it fails, by rate', async () => {
    const cloud = cphFixture({ switches: { partialObjectRate: 1 } });
    const [first, second] = cloud.running();
    cloud.faults.add({ service: 'cph', kind: 'job_failed', code: 'CPS.0107', phones: [first!.id] });
    const response = await cloud.export([first!.id, second!.id]);
    await cloud.pass(HOUR);
    const job = (await cloud.jobs(response.body.request_id)).find((j) => j.phone_id === first!.id);
    const partial = await cloud.backend.read(BUCKET, `${first!.id}.tar`);
    expect(job).toMatchObject({ status: -1, error_code: 'CPS.0107' });
    expect(partial).toBeDefined();
    await expect(unpackArchive(partial!.body.subarray(0, partial!.body.length))).rejects.toThrow();
  });

  it('succeeds without an object or never ends, by fault', async () => {
    const cloud = cphFixture();
    const [lost, stuck, fine] = cloud.running();
    cloud.faults.add({ service: 'cph', kind: 'missing_object', phones: [lost!.id] });
    cloud.faults.add({ service: 'cph', kind: 'never_ends', phones: [stuck!.id] });
    const response = await cloud.export([lost!.id, stuck!.id, fine!.id]);
    await cloud.pass(24 * HOUR);
    cloud.useToken(cloud.issue());
    const jobs = new Map(
      (await cloud.jobs(response.body.request_id)).map((j) => [j.phone_id, j.status]),
    );
    expect(jobs).toEqual(
      new Map([
        [lost!.id, 2],
        [stuck!.id, 1],
        [fine!.id, 2],
      ]),
    );
    expect((await cloud.backend.list(BUCKET, '')).map((o) => o.key)).toEqual([`${fine!.id}.tar`]);
  });
});
