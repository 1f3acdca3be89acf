import { describe, expect, it } from 'vitest';
import { fixture, functionBody, zipOf } from '../../support/functiongraph.ts';

describe('creating a function', () => {
  it('answers the function model, without the values of encrypted user data', async () => {
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

  it('knows the function from then on, once', async () => {
    const { create, call, urn } = await fixture();
    await create();
    expect((await create()).body.error_code).toBe('FSS.1061');
    const shown = await call('GET', `/functions/${encodeURIComponent(urn())}/config`);
    expect(shown.body.func_name).toBe('backup');
    const code = await call('GET', `/functions/${urn()}:latest/code`);
    expect(code.body).toMatchObject({ code_type: 'zip', digest: shown.body.digest });
    expect(Object.keys(code.body)).not.toContain('user_data');
    const list = await call('GET', '/functions?func_name=back');
    expect(list.body).toMatchObject({ count: 1, functions: [{ func_name: 'backup' }] });
    expect((await call('GET', '/functions?func_name=other')).body.count).toBe(0);
  });

  const long = (length: number) => 'x'.repeat(length);
  const pairs = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`K${i}`, 'v'])));
  it.each([
    ['a name that ends with a dash', { func_name: 'backup-' }, 'FSS.1002'],
    ['a name of 61 characters', { func_name: long(61) }, 'FSS.1002'],
    ['a name that begins with a digit', { func_name: '1backup' }, 'FSS.1002'],
    ['no name', { func_name: undefined }, 'FSS.1002'],
    ['a handler without a dot', { handler: 'handler' }, 'FSS.1003'],
    ['a handler of 129 characters', { handler: `index.${long(123)}` }, 'FSS.1003'],
    ['an unknown runtime', { runtime: 'Node.js22.1' }, 'FSS.1005'],
    ['an unknown code type', { code_type: 'tar' }, 'FSS.1006'],
    ['memory between two sizes', { memory_size: 300 }, 'FSS.1007'],
    ['a timeout of 2 s', { timeout: 2 }, 'FSS.1008'],
    ['a timeout of over 72 h', { timeout: 259_201 }, 'FSS.1008'],
    ['user data that is no JSON', { user_data: 'A=1' }, 'FSS.1009'],
    ['a variable that begins with a digit', { user_data: '{"1A":"x"}' }, 'FSS.1009'],
    ['a variable that is a number', { user_data: '{"A":1}' }, 'FSS.1009'],
    ['a reserved variable', { user_data: '{"RUNTIME_MEMORY":"1"}' }, 'FSS.1009'],
    ['21 variables', { user_data: pairs(20), encrypted_user_data: '{"SECRET":"x"}' }, 'FSS.1017'],
    ['over 4,096 characters', { user_data: JSON.stringify({ A: long(4_096) }) }, 'FSS.1018'],
    ['a description of 513 characters', { description: long(513) }, 'FSS.1019'],
    ['an agency that is not there', { xrole: 'nobody' }, 'FSS.1121'],
    ['an agency of another service', { app_xrole: 'other-service' }, 'FSS.1122'],
    ['no code', { func_code: { file: '' } }, 'FSS.1012'],
    ['code that is no Base64', { func_code: { file: '***' } }, 'FSS.1011'],
    [
      'code that is no zip',
      { func_code: { file: Buffer.alloc(99).toString('base64') } },
      'FSS.1011',
    ],
    ['an initializer without its timeout', { initializer_handler: 'index.init' }, 'FSS.1405'],
    [
      'an initializer of over 300 s',
      { initializer_handler: 'index.init', initializer_timeout: 301 },
      'FSS.1405',
    ],
    [
      'an initializer without a dot',
      { initializer_handler: 'i', initializer_timeout: 3 },
      'FSS.1404',
    ],
    ['a VPC', { func_vpc: { vpc_id: 'v1' } }, 'FSS.1036'],
    [
      'code in OBS that is not there',
      {
        code_type: 'obs',
        code_url: 'https://phonevault-demo.obs.cn-north-4.myhuaweicloud.com/a.zip',
      },
      'FSS.1054',
    ],
  ])('refuses %s', async (_, more, code) => {
    const { create, call } = await fixture();
    const { status, body } = await create(more);
    expect(body.error_code).toBe(code);
    expect(status).toBeGreaterThanOrEqual(400);
    expect((await call('GET', '/functions')).body.count).toBe(0);
  });

  it('reads code from OBS', async () => {
    const { cloud, create } = await fixture();
    const zip = Buffer.from(zipOf({ 'index.js': 'exports.handler = () => 1;' }), 'base64');
    await cloud.backend.write(cloud.bucket, 'code/a.zip', zip, { lastModified: 0 });
    const code_url = `https://${cloud.bucket}.obs.cn-north-4.myhuaweicloud.com/code/a.zip`;
    const { status, body } = await create({ code_type: 'obs', code_url, func_code: undefined });
    expect(status).toBe(200);
    expect(body).toMatchObject({ code_type: 'obs', code_url, code_size: zip.length });
  });

  it('refuses a caller whom it does not know, and another project', async () => {
    const { cloud, call } = await fixture();
    const stranger = await call('POST', '/functions', functionBody(), { 'x-auth-token': 'x' });
    expect(stranger.status).toBe(401);
    const url = `https://functiongraph.cn-north-4.myhuaweicloud.com/v2/other/fgs/functions`;
    const headers = { 'x-auth-token': cloud.credentials.token };
    expect((await cloud.handle(new Request(url, { headers }))).status).toBe(403);
  });
});
