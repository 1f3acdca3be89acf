import { describe, expect, it } from 'vitest';
import { BUCKET, cphFixture, entriesOf } from '../../support/cph.ts';

const HOUR = 3_600_000;
const UNKNOWN = 'f'.repeat(32);
const MALFORMED = '0'.repeat(33);

describe('batch-storage', () => {
  it('answers one entry a phone, accepted and refused side by side, and runs the accepted', async () => {
    const cloud = cphFixture();
    const [first, second] = cloud.running();
    const answer = await cloud.export([first!.id, UNKNOWN, second!.id, MALFORMED]);
    await cloud.pass(HOUR);
    expect(answer.status).toBe(200);
    const byPhone = new Map(entriesOf(answer).map((entry) => [entry.phone_id, entry]));
    expect(byPhone.get(UNKNOWN)).toEqual({
      phone_id: UNKNOWN,
      error_code: 'CPS.0005',
      error_msg: expect.any(String) as string,
    });
    expect(byPhone.get(MALFORMED)?.error_code).toBe('CPS.0004');
    expect(byPhone.get(first!.id)).toEqual({
      phone_id: first!.id,
      job_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
    const jobs = await cloud.jobs(answer.body.request_id);
    expect(jobs.map(({ phone_id, status }) => [phone_id, status]).sort()).toEqual(
      [first!.id, second!.id].sort().map((id) => [id, 2]),
    );
    expect(await cloud.backend.stat(BUCKET, `${first!.id}.tar`)).toBeDefined();
  });

  it('does not keep the order of the request', async () => {
    const cloud = cphFixture({ phones: 40 });
    const ids = cloud.running().map((phone) => phone.id);
    const answer = await cloud.export(ids);
    expect(entriesOf(answer).map((entry) => entry.phone_id)).not.toEqual(ids);
    expect(entriesOf(answer)).toHaveLength(ids.length);
  });

  const item = {
    phone_id: UNKNOWN,
    include_files: ['/data/data'],
    bucket_name: BUCKET,
    object_path: 'a/b.tar',
  };
  it.each([
    ['no items', { storage_infos: [] }, 'CPS.0167'],
    ['no list', { storage_infos: 'x' }, 'CPS.0167'],
    ['no JSON', '{', 'CPS.0167'],
    ['a phone id that is a number', { storage_infos: [{ ...item, phone_id: 7 }] }, 'CPS.0167'],
    ['too many items', { storage_infos: Array(4).fill(item) }, 'CPS.0170'],
    ['an upper-case bucket', { storage_infos: [{ ...item, bucket_name: 'Abc' }] }, 'CPS.0134'],
    ['a short bucket', { storage_infos: [{ ...item, bucket_name: 'ab' }] }, 'CPS.0134'],
    ['a colon in the key', { storage_infos: [{ ...item, object_path: 'a:b.tar' }] }, 'CPS.0135'],
    ['a star in the key', { storage_infos: [{ ...item, object_path: 'a*.tar' }] }, 'CPS.0135'],
    ['a long key', { storage_infos: [{ ...item, object_path: 'a'.repeat(1025) }] }, 'CPS.0135'],
    ['a leading slash', { storage_infos: [{ ...item, object_path: '/a.tar' }] }, 'CPS.0135'],
    ['no paths', { storage_infos: [{ ...item, include_files: [] }] }, 'CPS.0168'],
    ['a system path', { storage_infos: [{ ...item, include_files: ['/system'] }] }, 'CPS.0168'],
    ['a bad exclude', { storage_infos: [{ ...item, exclude_files: ['data'] }] }, 'CPS.0169'],
  ])('refuses the whole call for %s', async (_, body, code) => {
    const cloud = cphFixture({ limits: { storageInfosPerCall: 3 } });
    const answer = await cloud.send('POST', `${cloud.base}/phones/batch-storage`, body);
    expect(answer).toMatchObject({ status: 400, body: { error_code: code } });
    expect(answer.body.request_id).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    [1, 'CPS.0022'],
    [3, 'CPS.0165'],
    [4, 'CPS.0165'],
    [6, 'CPS.0053'],
    [7, 'CPS.0165'],
    [8, 'CPS.0141'],
    [-7, 'CPS.0022'],
  ])('refuses a phone in status %i with %s', async (status, code) => {
    const cloud = cphFixture();
    const [phone] = cloud.phones();
    await cloud.control.setStatus(phone!.id, status);
    const [entry] = entriesOf(await cloud.export([phone!.id]));
    expect(entry?.error_code).toBe(code);
  });

  it('exports a stopped phone where the region allows it', async () => {
    const cloud = cphFixture({ switches: { stoppedPhones: 'allow' } });
    const [phone] = cloud.phones();
    await cloud.control.setStatus(phone!.id, 8);
    expect(entriesOf(await cloud.export([phone!.id]))[0]?.job_id).toBeDefined();
  });

  it('takes the same phone twice in one call as two jobs', async () => {
    const cloud = cphFixture();
    const id = cloud.running()[0]!.id;
    const answer = await cloud.export([id, id]);
    expect(new Set(entriesOf(answer).map((entry) => entry.job_id)).size).toBe(2);
  });

  it('refuses a second job of a busy phone, queues it or runs it, by switch', async () => {
    const outcomes: Record<string, unknown> = {};
    for (const busyPhones of ['refuse', 'queue', 'allow'] as const) {
      const cloud = cphFixture({ switches: { busyPhones } });
      const phone = cloud.running()[0]!;
      phone.dataBytes = 0;
      await cloud.export([phone.id]);
      const answer = await cloud.export([phone.id]);
      await cloud.pass(6_000);
      const [second] = await cloud.jobs(answer.body.request_id);
      outcomes[busyPhones] = entriesOf(answer)[0]?.error_code ?? second?.status;
    }
    expect(outcomes).toEqual({ refuse: 'CPS.0042', queue: 1, allow: 2 });
  });

  it('runs only so many exports at once on a server; the others wait with status 1', async () => {
    const cloud = cphFixture({ servers: 1, limits: { exportsPerServer: 2 } });
    for (const phone of cloud.phones()) phone.dataBytes = 0;
    const ids = cloud.running().map((phone) => phone.id);
    const answer = await cloud.export(ids.slice(0, 5));
    const doneAfter: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await cloud.pass(5_000);
      const jobs = await cloud.jobs(answer.body.request_id);
      doneAfter.push(jobs.filter((job) => job.status === 2).length);
    }
    expect(doneAfter).toEqual([2, 4, 5]);
  });

  it('answers another success status or no jobs by switch', async () => {
    const created = cphFixture({ switches: { successStatus: 202 } });
    expect((await created.export([UNKNOWN])).status).toBe(202);
    for (const [jobsAnswer, jobs] of [
      ['missing', undefined],
      ['empty', []],
    ] as const) {
      const cloud = cphFixture({ switches: { jobsAnswer } });
      const id = cloud.running()[0]!.id;
      const answer = await cloud.export([id]);
      await cloud.pass(HOUR);
      expect(answer.body.jobs).toEqual(jobs);
      expect(await cloud.backend.list(BUCKET, '')).toEqual([]);
    }
  });
});
