import { describe, expect, it } from 'vitest';
import { BUCKET, cphFixture, entriesOf } from '../../support/cph.ts';

const HOUR = 3_600_000;
const UNKNOWN = 'f'.repeat(32);
const MALFORMED = '0'.repeat(33);

describe('batch-storage', () => {
  it('returns an entry for each phone, and runs the accepted ones', async () => {
    const cloud = cphFixture();
    const [first, second] = cloud.running();
    const response = await cloud.export([first!.id, UNKNOWN, second!.id, MALFORMED]);
    await cloud.pass(HOUR);
    expect(response.status).toBe(200);
    const byPhone = new Map(entriesOf(response).map((entry) => [entry.phone_id, entry]));
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
    const jobs = await cloud.jobs(response.body.request_id);
    expect(jobs.map(({ phone_id, status }) => [phone_id, status]).sort()).toEqual(
      [first!.id, second!.id].sort().map((id) => [id, 2]),
    );
    expect(await cloud.backend.stat(BUCKET, `${first!.id}.tar`)).toBeDefined();
  });

  it('returns the entries in another order', async () => {
    const cloud = cphFixture({ phones: 40 });
    const ids = cloud.running().map((phone) => phone.id);
    const response = await cloud.export(ids);
    expect(entriesOf(response).map((entry) => entry.phone_id)).not.toEqual(ids);
    expect(entriesOf(response)).toHaveLength(ids.length);
  });

  it('refuses a malformed call as a whole', async () => {
    const cloud = cphFixture();
    const response = await cloud.send('POST', `${cloud.base}/phones/batch-storage`, '{');
    expect(response).toMatchObject({ status: 400, body: { error_code: 'CPS.0167' } });
    expect(response.body.request_id).toMatch(/^[0-9a-f]{32}$/);
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

  it('exports a stopped phone, by switch', async () => {
    const cloud = cphFixture({ switches: { stoppedPhones: 'allow' } });
    const [phone] = cloud.phones();
    await cloud.control.setStatus(phone!.id, 8);
    expect(entriesOf(await cloud.export([phone!.id]))[0]?.job_id).toBeDefined();
  });

  it('starts two jobs for a phone that is listed twice', async () => {
    const cloud = cphFixture();
    const id = cloud.running()[0]!.id;
    const response = await cloud.export([id, id]);
    expect(new Set(entriesOf(response).map((entry) => entry.job_id)).size).toBe(2);
  });

  it('refuses, queues or runs a second job of a busy phone, by switch', async () => {
    const outcomes: Record<string, unknown> = {};
    for (const busyPhones of ['refuse', 'queue', 'allow'] as const) {
      const cloud = cphFixture({ switches: { busyPhones } });
      const phone = cloud.running()[0]!;
      phone.dataBytes = 0;
      await cloud.export([phone.id]);
      const response = await cloud.export([phone.id]);
      await cloud.pass(6_000);
      const [second] = await cloud.jobs(response.body.request_id);
      outcomes[busyPhones] = entriesOf(response)[0]?.error_code ?? second?.status;
    }
    expect(outcomes).toEqual({ refuse: 'CPS.0042', queue: 1, allow: 2 });
  });

  it('returns another success status or no jobs, by switch', async () => {
    const created = cphFixture({ switches: { successStatus: 202 } });
    expect((await created.export([UNKNOWN])).status).toBe(202);
    for (const [jobsResponse, jobs] of [
      ['missing', undefined],
      ['empty', []],
    ] as const) {
      const cloud = cphFixture({ switches: { jobsResponse } });
      const id = cloud.running()[0]!.id;
      const response = await cloud.export([id]);
      await cloud.pass(HOUR);
      expect(response.body.jobs).toEqual(jobs);
      expect(await cloud.backend.list(BUCKET, '')).toEqual([]);
    }
  });
});
