import { describe, expect, it } from 'vitest';
import { cphFixture, PROJECT } from '../../support/cph.ts';
import { signSdk } from '../../support/sign-sdk.ts';

const HOST = 'cph.cn-north-4.myhuaweicloud.com';
const UNKNOWN = 'f'.repeat(32);

describe('CPH behind its gateway', () => {
  it('refuses a call without a token, and one with a token of no project', async () => {
    const cloud = cphFixture();
    const path = `${cloud.base}/phones`;
    expect(await cloud.send('GET', path, undefined, {})).toMatchObject({
      status: 401,
      body: { error_code: 'APIGW.0301' },
    });
    const { token } = cloud.iam.tokens.issue({
      principal: { userId: 'u', userName: 'u', domainId: 'd' },
      methods: ['password'],
      projectId: undefined,
      domainScoped: true,
    });
    cloud.useToken(token);
    expect((await cloud.send('GET', path)).body.error_code).toBe('CPS.0001');
  });

  it.each([
    ['/v1/ffffffffffffffffffffffffffffffff/cloud-phone/phones', 400, 'CPS.0001'],
    ['/v1/not-a-project/cloud-phone/phones', 400, 'CPS.0046'],
    [`/v2/${PROJECT}/cloud-phone/phones`, 404, 'APIGW.0101'],
    [`/v1/${PROJECT}/cloud-phone/phones/`, 404, 'APIGW.0101'],
  ])('refuses GET %s with %i', async (path, status, code) => {
    const cloud = cphFixture();
    expect(await cloud.send('GET', path)).toMatchObject({ status, body: { error_code: code } });
  });

  it('accepts a signed call; the key names the project', async () => {
    const cloud = cphFixture();
    const key = cloud.iam.keys.issue({
      principal: { userId: 'a0', userName: 'phonevault', domainId: 'd0' },
      projectId: PROJECT,
      lifetimeMs: 3_600_000,
    });
    const headers = signSdk(
      {
        method: 'GET',
        host: HOST,
        path: `${cloud.base}/phones`,
        query: [['limit', '2']],
        date: cloud.clock.now(),
      },
      key,
    );
    const response = await cloud.send('GET', `${cloud.base}/phones?limit=2`, undefined, headers);
    expect(response).toMatchObject({ status: 200, body: { count: 12 } });
  });

  it('throttles a user with the limit in the text and without Retry-After', async () => {
    const cloud = cphFixture({ limits: { writesPerMinute: 1 } });
    const write = () => cloud.export([UNKNOWN]);
    expect((await write()).status).toBe(200);
    const refused = await write();
    expect(refused).toMatchObject({ status: 429, body: { error_code: 'APIGW.0308' } });
    expect(refused.body['error_msg']).toContain('policy user over ratelimit,limit:1,time:1 minute');
    expect(refused.headers.get('retry-after')).toBeNull();
    expect((await cloud.send('GET', `${cloud.base}/phones`)).status).toBe(200);
  });

  it('counts malformed calls for the rate limit, in simulated time', async () => {
    const cloud = cphFixture({ limits: { writesPerMinute: 1 } });
    const write = (body: unknown) => cloud.send('POST', `${cloud.base}/phones/batch-storage`, body);
    await cloud.control.setSpeed(60);
    expect((await write('{')).status).toBe(400);
    expect((await write('{')).status).toBe(429);
    await cloud.pass(1_000);
    expect((await write('{')).status).toBe(400);
  });

  it('refuses a body of more than 12 MB', async () => {
    const cloud = cphFixture();
    const response = await cloud.send(
      'POST',
      `${cloud.base}/phones/batch-storage`,
      ' '.repeat(12 * 1024 * 1024 + 1),
    );
    expect(response).toMatchObject({ status: 413, body: { error_code: 'APIGW.0201' } });
  });

  it('counts every call by operation and outcome', async () => {
    const cloud = cphFixture();
    await cloud.export([UNKNOWN]);
    await cloud.export([]);
    await cloud.send('GET', `${cloud.base}/phones`);
    expect(cloud.control.calls().cph).toMatchObject({
      'batch-storage': { ok: 1, refused: 1 },
      'list-phones': { ok: 1, refused: 0 },
      'batch-restore': { ok: 0, refused: 0 },
    });
  });

  it('carries out a call whose response is lost, but not one that hangs', async () => {
    const cloud = cphFixture();
    const [first, second] = cloud.running();
    cloud.faults.add({
      service: 'cph',
      operation: 'batch-storage',
      kind: 'drop_answer',
      times: 1,
    });
    await expect(cloud.export([first!.id])).rejects.toThrow('cut');
    cloud.faults.add({ service: 'cph', operation: 'batch-storage', kind: 'hang' });
    await expect(cloud.export([second!.id])).rejects.toThrow('held');
    await cloud.pass(3_600_000);
    expect((await cloud.backend.list('backups', '')).map((object) => object.key)).toEqual([
      `${first!.id}.tar`,
    ]);
  });

  it('refuses single phones with the code of an injected fault', async () => {
    const cloud = cphFixture();
    const [first, second] = cloud.running();
    cloud.faults.add({
      service: 'cph',
      kind: 'item_error',
      code: 'CPS.0042',
      phones: [first!.id],
      times: 1,
    });
    const codes = async () => {
      const { body } = await cloud.export([first!.id, second!.id]);
      const jobs = body.jobs as { phone_id: string; error_code?: string }[];
      return jobs.find((job) => job.phone_id === first!.id)?.error_code;
    };
    expect(await codes()).toBe('CPS.0042');
    expect(await codes()).toBeUndefined();
  });
});
