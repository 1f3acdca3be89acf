import { afterEach, describe, expect, it } from 'vitest';
import { rawRequest } from '../../../../local/http/raw-request.ts';
import { fixture, zipOf } from '../../support/functiongraph.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const ECHO = `exports.handler = async (event) => ({
  statusCode: 201,
  headers: { 'Content-Type': 'application/json', 'X-Own': 1 },
  body: JSON.stringify(event),
  isBase64Encoded: false,
});`;

async function published(code: string, more: Record<string, unknown> = {}) {
  const made = await fixture();
  const { cloud, create, call, urn } = made;
  stops.push(() => cloud.functiongraph.stop());
  await create({ func_code: { file: zipOf({ 'index.js': code }) } });
  const event_data = {
    name: 'phonevault',
    type: 1,
    path: '/backup',
    protocol: 'HTTPS',
    req_method: 'ANY',
    group_id: 'g1',
    match_mode: 'SWA',
    env_name: 'RELEASE',
    env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
    auth: 'NONE',
    func_info: { timeout: 30_000 },
    ...more,
  };
  const trigger = await call('POST', `/triggers/${urn()}`, {
    trigger_type_code: 'APIG',
    event_data,
  });
  expect(trigger.status).toBe(201);
  const fetchApi = (path: string, init: RequestInit = {}) =>
    cloud.services.apig(rawRequest(`http://127.0.0.1:9${path}`, init));
  return { ...made, trigger, fetchApi };
}

describe('functions behind the gateway', () => {
  it('get the call as an event, and their answer goes back', async () => {
    const { fetchApi, trigger } = await published(ECHO);
    const answer = await fetchApi('/backup/run/42?dryRun=1&a=x&a=y%20z', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer t' },
      body: '{"policy":"p-17"}',
    });
    expect([answer.status, answer.headers.get('x-own')]).toEqual([201, '1']);
    const event = (await answer.json()) as Record<string, unknown>;
    expect(event).toMatchObject({
      requestContext: { stage: 'RELEASE' },
      httpMethod: 'POST',
      path: '/backup/run/42',
      pathParameters: { '': 'run/42' },
      queryStringParameters: { dryRun: '1', a: ['x', 'y z'] },
      headers: { 'content-type': 'application/json', authorization: 'Bearer t' },
      body: Buffer.from('{"policy":"p-17"}').toString('base64'),
      isBase64Encoded: true,
    });
    expect(String((trigger.body.event_data as Record<string, unknown>)['invoke_url'])).toMatch(
      /\/backup$/,
    );
  });

  it('are found by path: the exact or longest one, and no other method', async () => {
    const { fetchApi, call, create, urn, trigger } = await published(ECHO, { req_method: 'GET' });
    const code = `exports.handler = async () => ({ statusCode: 200, headers: {}, body: 'special', isBase64Encoded: false });`;
    await create({ func_name: 'special', func_code: { file: zipOf({ 'index.js': code }) } });
    const event_data = {
      ...(trigger.body.event_data as object),
      name: 'special',
      path: '/backup/v1/special',
      match_mode: 'NORMAL',
    };
    await call('POST', `/triggers/${urn('special')}`, {
      trigger_type_code: 'DEDICATEDGATEWAY',
      event_data,
    });
    expect(await (await fetchApi('/backup/v1/special')).text()).toBe('special');
    expect((await fetchApi('/backup/v1/special/more')).status).toBe(201);
    expect((await fetchApi('/backup')).status).toBe(201);
    for (const path of ['/backups', '/', '/other']) expect((await fetchApi(path)).status).toBe(404);
    expect((await fetchApi('/backup', { method: 'POST' })).status).toBe(404);
  });

  it.each([
    ['a bare text', `'ok'`],
    ['no status', `{ headers: {}, body: '', isBase64Encoded: false }`],
    ['a status of 0', `{ statusCode: 0, headers: {}, body: '', isBase64Encoded: false }`],
    ['a status as text', `{ statusCode: '200', headers: {}, body: '', isBase64Encoded: false }`],
    ['an object as body', `{ statusCode: 200, headers: {}, body: {}, isBase64Encoded: false }`],
    [
      'a header that is none',
      `{ statusCode: 200, headers: { 'a b': 'x' }, body: '', isBase64Encoded: false }`,
    ],
    ['an exit', `process.exit(0)`],
    ['a throw', `(() => { throw new Error('no'); })()`],
  ])('are a 500 when they answer %s', async (_, result) => {
    const { fetchApi } = await published(`exports.handler = async () => (${result});`);
    const answer = await fetchApi('/backup');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ error_code: 'FSS.1206' });
  });

  it('may answer bytes', async () => {
    const { fetchApi } = await published(
      `exports.handler = async () => ({ statusCode: 200, headers: {}, body: '/wA=', isBase64Encoded: true });`,
    );
    const bytes = new Uint8Array(await (await fetchApi('/backup')).arrayBuffer());
    expect([...bytes]).toEqual([255, 0]);
  });

  it('ask for a signature or token where the API says so', async () => {
    const { fetchApi, cloud } = await published(ECHO, { auth: 'IAM' });
    expect((await fetchApi('/backup')).status).toBe(401);
    const headers = { 'x-auth-token': cloud.credentials.token };
    expect((await fetchApi('/backup', { headers })).status).toBe(201);
    const app = await published(ECHO, { auth: 'APP' });
    expect((await app.fetchApi('/backup', { headers })).status).toBe(401);
  });

  it('are waited for as long as the API says', async () => {
    const { fetchApi } = await published('exports.handler = () => new Promise(() => {});', {
      func_info: { timeout: 1_000 },
    });
    const answer = await fetchApi('/backup');
    expect([answer.status, (await answer.json()) as object]).toMatchObject([
      504,
      { error_msg: 'Backend timeout.' },
    ]);
  });

  it('run by themselves where the API is asynchronous', async () => {
    const { fetchApi, cloud } = await published(
      `exports.handler = async () => console.log('ran');`,
      {
        func_info: { timeout: 1_000, invocation_type: 'async' },
      },
    );
    expect((await fetchApi('/backup', { method: 'POST', body: '{}' })).status).toBe(202);
    await expect
      .poll(() => cloud.functiongraph.logs('backup'), { timeout: 5_000 })
      .toContain('ran');
  });

  it('take 6 MB at most', async () => {
    const { fetchApi } = await published(ECHO);
    const answer = await fetchApi('/backup', { method: 'POST', body: 'x'.repeat(5 * 1024 * 1024) });
    expect([answer.status, await answer.json()]).toMatchObject([413, { error_code: 'FSS.1201' }]);
  });
});
