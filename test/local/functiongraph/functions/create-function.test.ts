import { describe, expect, it } from 'vitest';
import { fixture, functionBody } from '../../support/functiongraph.ts';

describe('createFunction', () => {
  it('returns the function model, without the values of encrypted user data', async () => {
    const { create, urn, cloud } = await fixture();
    const { status, body } = await create({
      user_data: '{"PHONEVAULT_REGION":"cn-north-4"}',
      encrypted_user_data: '{"PHONEVAULT_HTTP_TOKENS":"secret"}',
      app_xrole: 'phonevault',
      description: 'drives',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      func_urn: `${urn()}:latest`,
      func_name: 'backup',
      namespace: cloud.projectId,
      runtime: 'Node.js20.15',
      memory_size: 256,
      version: 'latest',
      user_data: '{"PHONEVAULT_REGION":"cn-north-4"}',
      encrypted_user_data: '{"PHONEVAULT_HTTP_TOKENS":""}',
      app_xrole: 'phonevault',
      description: 'drives',
      strategy_config: { concurrency: 400, concurrent_num: 1 },
    });
    expect(body.digest).toMatch(/^[0-9a-f]{128}$/);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('creates nothing while functions are switched off', async () => {
    const { create, call } = await fixture({ functions: false });
    expect(await create()).toMatchObject({ status: 403, body: { error_code: 'FSS.0403' } });
    expect((await call('GET', '/functions')).body.count).toBe(0);
  });

  it.each([
    ['invalid settings', { timeout: 2 }, 'FSS.1008'],
    ['an unknown agency', { xrole: 'nobody' }, 'FSS.1121'],
    ['no code', { func_code: { file: '' } }, 'FSS.1012'],
  ])('creates nothing for %s', async (_, more, code) => {
    const { create, call } = await fixture();
    expect((await create(more)).body.error_code).toBe(code);
    expect((await call('GET', '/functions')).body.count).toBe(0);
  });

  it('refuses a name that exists, also from two calls at once', async () => {
    const { create } = await fixture();
    const [first, second] = await Promise.all([create(), create()]);
    expect([first.status, second.body.error_code]).toEqual([200, 'FSS.1061']);
    expect((await create()).body.error_code).toBe('FSS.1061');
  });

  it('refuses an unknown caller and another project', async () => {
    const { cloud, call } = await fixture();
    const stranger = await call('POST', '/functions', functionBody(), { 'x-auth-token': 'x' });
    expect(stranger.status).toBe(401);
    const url = `https://functiongraph.cn-north-4.myhuaweicloud.com/v2/other/fgs/functions`;
    const headers = { 'x-auth-token': cloud.credentials.token };
    expect((await cloud.handle(new Request(url, { headers }))).status).toBe(403);
  });
});
