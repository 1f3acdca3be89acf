import { describe, expect, it } from 'vitest';
import { createCph } from '../../../lib/cloud/cph/cph.ts';
import { fakeCaller, type FakeResponse } from '../support/fake-caller.ts';

const BASE = 'https://cph.example/v1/p1';

function setUp(...responses: FakeResponse[]) {
  const fake = fakeCaller(...responses);
  const cph = createCph({ ...fake.caller, endpoint: 'https://cph.example', projectId: 'p1' });
  return { ...fake, cph };
}

const sent = { phone_id: 'a1', phone_name: 'game-1', server_id: 's1', status: 2 };
const phone = { ...sent, status: 'running' };

describe('listPhones', () => {
  it('requests one page and keeps only the fields that are needed', async () => {
    const { cph, requests } = setUp({
      json: {
        count: 7,
        phones: [
          { ...sent, image_version: 'AOSP 7.0', imei: '861234567890123', create_time: null },
          { ...sent, create_time: '2026-01-02 03:04:05' },
        ],
      },
    });
    const page = await cph.listPhones({ offset: 5, limit: 200, serverId: 's1' });
    expect(page).toEqual({
      count: 7,
      phones: [
        { ...phone, image_version: 'AOSP 7.0' },
        { ...phone, created_at: Date.UTC(2026, 0, 2, 3, 4, 5) },
      ],
    });
    expect(requests[0]?.url).toBe(`${BASE}/cloud-phone/phones?offset=5&limit=200&server_id=s1`);
  });

  it('drops entries without a phone id', async () => {
    const { cph } = setUp({
      json: {
        count: 4,
        phones: [
          null,
          'x',
          { phone_name: 'lost' },
          { phone_id: 'b', status: '8', server_id: null },
        ],
      },
    });
    const { phones } = await cph.listPhones({ offset: 0, limit: 100 });
    expect(phones).toEqual([{ phone_id: 'b', phone_name: '', server_id: '', status: 'stopped' }]);
  });

  it.each([
    ['no phones', { count: 0, phones: null }, 0],
    ['no total, a short page', { phones: [sent] }, 1],
    ['no total, a full page', { count: null, phones: [sent, { ...sent, phone_id: 'b' }] }, 3],
  ])('returns the total for %s', async (_what, json, count) => {
    expect((await setUp({ json }).cph.listPhones({ offset: 0, limit: 2 })).count).toBe(count);
  });

  it('throws for a response without a total and phones', async () => {
    const { cph } = setUp({ json: {} });
    await expect(cph.listPhones({ offset: 0, limit: 2 })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});

describe('showPhone', () => {
  it('returns the phone', async () => {
    const { cph, requests } = setUp({ json: { request_id: 'r', ...sent, property: '{}' } });
    expect(await cph.showPhone('a1')).toEqual(phone);
    expect(requests[0]?.url).toBe(`${BASE}/cloud-phone/phones/a1`);
  });

  it.each<FakeResponse>([
    { status: 400, json: { error_code: 'CPS.0005' } },
    { status: 400, json: { error_code: 'CPS.0004' } },
    { status: 404, json: { error_code: 'CPS.9999' } },
  ])('returns undefined for an unknown phone (%o)', async (response) => {
    expect(await setUp(response).cph.showPhone('a1')).toBeUndefined();
  });

  it('throws for a wrong endpoint', async () => {
    const { cph } = setUp({ status: 404, json: { error_code: 'APIGW.0101' } });
    await expect(cph.showPhone('a1')).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['', '../jobs', 'a b', 'x'.repeat(65)])(
    'makes no call for the invalid id "%s"',
    async (id) => {
      const { cph, requests } = setUp({ json: sent });
      expect(await cph.showPhone(id)).toBeUndefined();
      expect(requests).toHaveLength(0);
    },
  );
});

describe('serversByTags', () => {
  it('reads all pages', async () => {
    const page = (from: number, n: number) => ({
      json: {
        total_count: 1_001,
        resources: Array.from({ length: n }, (_, i) => ({ resource_id: `s${from + i}` })),
      },
    });
    const { cph, requests, bodies } = setUp(page(0, 1_000), page(1_000, 1));
    const servers = await cph.serversByTags({ env: ['prod', 'test'], any: [] });
    expect(servers).toHaveLength(1_001);
    expect(requests[0]?.url).toBe(`${BASE}/cph-server/resource_instances/action`);
    expect(bodies()).toEqual(
      ['0', '1000'].map((offset) => ({
        action: 'filter',
        limit: '1000',
        offset,
        tags: [
          { key: 'env', values: ['prod', 'test'] },
          { key: 'any', values: [] },
        ],
      })),
    );
  });

  it.each([
    ['none', { resources: [], total_count: 0 }, []],
    ['no total', { resources: [{ resource_id: 's1' }, { resource_id: null }, 1] }, ['s1']],
    ['a total that is never reached', { resources: [], total_count: 9 }, []],
  ])('stops after %s', async (_what, json, expected) => {
    expect(await setUp({ json }).cph.serversByTags({ env: [] })).toEqual(expected);
  });
});

describe('batchStorage', () => {
  const infos = [
    { phone_id: 'a1', include_files: ['/data/data'], bucket_name: 'b', object_path: 'p/a1-1.tar' },
  ];

  it('sends the documented body and reads jobs and refusals', async () => {
    const { cph, requests, bodies } = setUp({
      json: {
        request_id: 'r1',
        jobs: [
          { phone_id: 'a1', job_id: 'j1', error_code: null, error_msg: '' },
          { phone_id: 'a2', error_code: 'CPS.0005', error_msg: 'no phone at 10.0.0.1' },
          null,
        ],
      },
    });
    expect(await cph.batchStorage(infos)).toEqual({
      request_id: 'r1',
      jobs: [
        { phone_id: 'a1', job_id: 'j1' },
        { phone_id: 'a2', code: 'CPS.0005', message: 'no phone at [address]' },
      ],
    });
    expect(requests[0]?.url).toBe(`${BASE}/cloud-phone/phones/batch-storage`);
    expect(bodies()).toEqual([{ storage_infos: infos }]);
  });

  it.each([{ request_id: 'r1' }, { request_id: 'r1', jobs: null }])(
    'reads %o as no jobs',
    async (json) => {
      expect(await setUp({ json }).cph.batchStorage(infos)).toEqual({ request_id: 'r1', jobs: [] });
    },
  );

  it.each([
    ['CPS.0001', { code: 'access_denied', retryable: false, carriedOut: 'no' }],
    ['CPS.0003', { code: 'service', retryable: true, carriedOut: 'unknown' }],
    ['CPS.0042', { code: 'service', retryable: true, carriedOut: 'no' }],
    ['CPS.0167', { code: 'service', retryable: false, carriedOut: 'no' }],
  ])('reads the error %s', async (error_code, expected) => {
    const { cph } = setUp({ status: 400, json: { error_code } });
    await expect(cph.batchStorage(infos)).rejects.toMatchObject(expected);
  });

  it.each<FakeResponse>([
    { lost: 'cut' },
    { status: 503 },
    { status: 429 },
    { text: 'garbage' },
    { json: 7 },
  ])('is sent once, whatever the response (%o)', async (response) => {
    const { cph, requests } = setUp(response);
    await expect(cph.batchStorage(infos)).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });
});

describe('the other submissions', () => {
  const restore = { phone_id: 'a1', bucket_name: 'b', object_path: 'p/a1-1.tar' };
  type Client = ReturnType<typeof setUp>['cph'];
  const submissions: [string, (cph: Client) => Promise<unknown>, object][] = [
    ['batch-restore', (cph) => cph.batchRestore([restore]), { restore_infos: [restore] }],
    [
      'batch-restart',
      (cph) => cph.restartPhones(['a1', 'a2']),
      { phones: [{ phone_id: 'a1' }, { phone_id: 'a2' }] },
    ],
    ['batch-reset', (cph) => cph.resetPhones(['a1']), { phones: [{ phone_id: 'a1' }] }],
    [
      'commands',
      (cph) => cph.runCommand(['a1'], 'restorecon -R /data/data/com.example.game'),
      {
        command: 'shell',
        content: 'restorecon -R /data/data/com.example.game',
        phone_ids: ['a1'],
      },
    ],
  ];

  it.each(submissions)('sends the documented body of %s', async (operation, submit, body) => {
    const jobs = [{ phone_id: 'a1', job_id: 'j1' }];
    const { cph, requests, bodies } = setUp({ json: { request_id: 'r1', jobs } });
    expect(await submit(cph)).toEqual({ request_id: 'r1', jobs });
    expect(requests[0]?.url).toBe(`${BASE}/cloud-phone/phones/${operation}`);
    expect(bodies()).toEqual([body]);
  });

  it.each(submissions)('sends %s once, whatever the response', async (_operation, submit) => {
    const { cph, requests } = setUp({ status: 503 });
    await expect(submit(cph)).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });
});

describe('listJobs', () => {
  const jobs = (from: number, n: number) => ({
    json: { jobs: Array.from({ length: n }, (_, i) => ({ job_id: `j${from + i}`, status: 1 })) },
  });

  it('reads pages until one is short, and returns each job once', async () => {
    const { cph, requests } = setUp(jobs(0, 100), jobs(99, 100), jobs(199, 3));
    const found = await cph.listJobs(['r1', 'r2']);
    expect(found).toHaveLength(202);
    expect(requests.map(({ url }) => url)).toEqual(
      [0, 100, 200].map(
        (offset) => `${BASE}/cloud-phone/jobs?request_ids=r1%2Cr2&offset=${offset}&limit=100`,
      ),
    );
  });

  it.each([
    ['reads no page after all wanted jobs are listed', ['j0', 'j99'], 1],
    ['reads on for a job that is not listed yet', ['j0', 'j150'], 2],
  ])('%s', async (_, wanted, pages) => {
    const { cph, requests } = setUp(jobs(0, 100), jobs(100, 100), jobs(200, 3));
    await cph.listJobs(['r1'], new Set(wanted));
    expect(requests).toHaveLength(pages);
  });

  it.each(['CPS.0050', 'CPS.0011'])(
    'returns undefined for %s: CPH does not know one of the ids',
    async (error_code) => {
      expect(
        await setUp({ status: 400, json: { error_code } }).cph.listJobs(['r1']),
      ).toBeUndefined();
    },
  );

  it('records absent jobs as not_found', async () => {
    const { cph, records } = setUp({ status: 400, json: { error_code: 'CPS.0050' } });
    await cph.listJobs(['r1']);
    expect(records.map(({ outcome }) => outcome)).toEqual(['not_found']);
  });

  it('makes no call without ids and throws for more than 20', async () => {
    const { cph, requests } = setUp(jobs(0, 0));
    expect(await cph.listJobs([])).toEqual([]);
    await expect(cph.listJobs(Array.from({ length: 21 }, String))).rejects.toThrow(RangeError);
    expect(requests).toHaveLength(0);
  });
});
