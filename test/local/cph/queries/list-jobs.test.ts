import { describe, expect, it } from 'vitest';
import { cphFixture, entriesOf } from '../../support/cph.ts';

const DAY = 86_400_000;

describe('the job calls', () => {
  it.each([
    ['', 'CPS.0049'],
    ['?request_ids=', 'CPS.0049'],
    [`?request_ids=${Array(21).fill('a').join(',')}`, 'CPS.0161'],
    ['?request_id=a&limit=101', 'CPS.0002'],
    ['?request_id=a&limit=0', 'CPS.0002'],
    ['?request_id=a&offset=-1', 'CPS.0002'],
  ])('refuse %s', async (query, code) => {
    const cloud = cphFixture();
    const response = await cloud.send('GET', `${cloud.base}/jobs${query}`);
    expect(response).toMatchObject({ status: 400, body: { error_code: code } });
  });

  it('return an error or an empty list for an unknown request', async () => {
    const cloud = cphFixture();
    const seen = new Set<unknown>();
    for (let i = 0; i < 20; i += 1) {
      const { status, body } = await cloud.send('GET', `${cloud.base}/jobs?request_id=unknown`);
      seen.add(status === 200 ? JSON.stringify(body.jobs) : body.error_code);
    }
    expect([...seen].sort()).toEqual(['CPS.0050', '[]']);
  });

  it('refuse the list of all requests for one unknown request, by a switch', async () => {
    const cloud = cphFixture({
      switches: { unknownRequest: 'refuses_list' },
      timings: { jobHidden: 0 },
    });
    const { body } = await cloud.export([cloud.running()[0]!.id]);
    expect(await cloud.jobs(body.request_id)).toHaveLength(1);
    const query = `?request_ids=${String(body.request_id)},unknown`;
    const response = await cloud.send('GET', `${cloud.base}/jobs${query}`);
    expect(response).toMatchObject({ status: 400, body: { error_code: 'CPS.0011' } });
  });

  it('hide the jobs of a new request for a while, but not those of other requests', async () => {
    const cloud = cphFixture({ timings: { jobHidden: 60_000 } });
    const [first, second] = cloud.running();
    const old = await cloud.export([first!.id]);
    await cloud.pass(60_000);
    const fresh = await cloud.export([second!.id]);
    const job = entriesOf(fresh)[0]!.job_id;
    const both = () => cloud.jobs(old.body.request_id, fresh.body.request_id);
    expect((await both()).map((entry) => entry.phone_id)).toEqual([first!.id]);
    expect((await cloud.send('GET', `${cloud.base}/jobs/${job}`)).body.error_code).toBe('CPS.0011');
    await cloud.pass(60_000);
    expect(await both()).toHaveLength(2);
    expect((await cloud.send('GET', `${cloud.base}/jobs/${job}`)).body).toMatchObject({
      job_id: job,
      phone_id: second!.id,
    });
  });

  it('return each job once, page by page, without a total', async () => {
    const cloud = cphFixture({ phones: 40 });
    const ids = cloud.running().map((phone) => phone.id);
    const { body } = await cloud.export(ids);
    const seen: unknown[] = [];
    for (let offset = 0; ; offset += 7) {
      const page = await cloud.send(
        'GET',
        `${cloud.base}/jobs?request_id=${String(body.request_id)}&limit=7&offset=${offset}`,
      );
      seen.push(...entriesOf(page).map((entry) => entry.phone_id));
      if (entriesOf(page).length < 7) break;
    }
    expect(seen.sort()).toEqual(ids.sort());
  });

  it('omit null fields of running jobs sometimes', async () => {
    const cloud = cphFixture();
    const { body } = await cloud.export(cloud.running().map((phone) => phone.id));
    const jobs = await cloud.jobs(body.request_id);
    expect(jobs.some((job) => 'end_time' in job)).toBe(true);
    expect(jobs.some((job) => !('end_time' in job))).toBe(true);
    expect(jobs.every((job) => job.status === 1)).toBe(true);
  });

  it('show status 0 or 3 for running jobs, by switch', async () => {
    const cloud = cphFixture({ switches: { oddStatusRate: 1 } });
    const { body } = await cloud.export(cloud.running().map((phone) => phone.id));
    const statuses = new Set((await cloud.jobs(body.request_id)).map((job) => job.status));
    expect([...statuses].sort()).toEqual([0, 3]);
  });

  it('forget a job 7 days after its end', async () => {
    const cloud = cphFixture();
    const response = await cloud.export([cloud.running()[0]!.id]);
    const path = `${cloud.base}/jobs/${entriesOf(response)[0]!.job_id}`;
    await cloud.pass(7 * DAY);
    cloud.useToken(cloud.issue());
    expect((await cloud.send('GET', path)).body.status).toBe(2);
    await cloud.pass(60_000);
    expect((await cloud.send('GET', path)).body.error_code).toBe('CPS.0011');
    expect(cloud.world.jobs.byRequest.size).toBe(0);
  });
});
