import { describe, expect, it } from 'vitest';
import { rawRequest } from '../../../../local/http/raw-request.ts';
import { percent, presign, signHeaders } from '../../support/sign-s3.ts';
import { BUCKET, DOMAIN, KEY, NOW, REGION, setUp, TEMPORARY } from '../../support/obs.ts';

const HOST = `${BUCKET}.${DOMAIN}`;
const MINUTE = 60_000;
const codeOf = async (response: Response) =>
  /<Code>(.*)<\/Code>/.exec(await response.text())?.[1] ?? `status ${response.status}`;

describe('a signed request', () => {
  it.each([
    'plain.txt',
    'with space',
    'a+b',
    'a%2Fb',
    '100%',
    "star*'()!",
    'a//b/../c/./d',
    '/leading',
    'é-日本-😀',
    'semi;colon=eq&amp?q#h',
    '~tilde_-.',
  ])('is valid for the key %j, which is stored unchanged', async (key) => {
    const { send, backend } = await setUp();
    const path = `/${key.split('/').map(percent).join('/')}`;

    const response = await send({ method: 'PUT', path, body: 'x' });

    expect(response.status).toBe(200);
    expect((await backend.list(BUCKET, '')).map((record) => record.key)).toEqual([key]);
  });

  it.each<[string, [string, string][]]>([
    ['an empty value', [['list-type', '2'], ['prefix', '']]], // oxfmt-ignore
    ['a value that needs encoding', [['list-type', '2'], ['prefix', 'a b+c/d*~é']]], // oxfmt-ignore
    ['names where one begins the other', [['list-type', '2'], ['x-id', '1'], ['delimiter', '/']]], // oxfmt-ignore
  ])('is valid for a query with %s', async (_name, query) => {
    const { send } = await setUp();

    const response = await send({ path: '/', query });

    expect(response.status).toBe(200);
  });

  it('treats a name without `=` as an empty value', async () => {
    const { service } = await setUp();
    const toSign = { method: 'GET', host: HOST, path: '/', query: [['location', '']] as [string, string][] }; // oxfmt-ignore
    const headers = signHeaders(toSign, KEY, { now: NOW, region: REGION });

    const response = await service(rawRequest(`https://${HOST}/?location`, { headers }));

    expect(response.status).toBe(200);
  });

  it('is valid without spaces after the commas', async () => {
    const { service } = await setUp();
    const headers = signHeaders({ method: 'HEAD', host: HOST, path: '/' }, KEY, { now: NOW, region: REGION }); // oxfmt-ignore
    headers['authorization'] = (headers['authorization'] ?? '').replaceAll(', ', ',');

    const response = await service(rawRequest(`https://${HOST}/`, { method: 'HEAD', headers }));

    expect(response.status).toBe(200);
  });

  it.each([
    [-15 * MINUTE, 'status 200'],
    [15 * MINUTE, 'status 200'],
    [-15 * MINUTE - 1000, 'RequestTimeTooSkewed'],
    [15 * MINUTE + 1000, 'RequestTimeTooSkewed'],
  ])('dated %d ms off returns %s', async (offset, expected) => {
    const { send } = await setUp();

    const response = await send({ path: '/', query: [['location', '']] }, { now: NOW + offset });

    expect(await codeOf(response)).toBe(expected);
  });

  it.each([
    ['an unknown key', { key: { ...KEY, accessKey: 'AKNONE' } }, 'InvalidAccessKeyId'],
    ['a wrong secret', { key: { ...KEY, secretKey: 'wrong' } }, 'SignatureDoesNotMatch'],
    ['another region', { region: 'eu-west-101' }, 'SignatureDoesNotMatch'],
    ['a temporary key', { key: TEMPORARY }, 'status 200'],
    ['a temporary key without token', { key: { ...TEMPORARY, securityToken: undefined } }, 'InvalidSecurity'], // oxfmt-ignore
    ['a wrong token', { key: { ...TEMPORARY, securityToken: 'other' } }, 'InvalidSecurity'],
    ['a token where none belongs', { key: { ...KEY, securityToken: 'other' } }, 'InvalidSecurity'],
  ])('with %s returns %s', async (_name, more, expected) => {
    const { send } = await setUp();

    const response = await send({ method: 'PUT', path: '/k', body: 'x' }, more);

    expect(await codeOf(response)).toBe(expected);
  });

  it('with an expired temporary key returns InvalidAccessKeyId', async () => {
    const { send, clock } = await setUp();
    clock.now = TEMPORARY.expiresAt ?? 0;

    const response = await send({ path: '/k' }, { key: TEMPORARY });

    expect([response.status, await codeOf(response)]).toEqual([403, 'InvalidAccessKeyId']);
  });

  it.each<[string, (headers: Record<string, string>) => void, string]>([
    ['without a date', (h) => delete h['x-amz-date'], 'AccessDenied'],
    ['with a header changed', (h) => (h['content-type'] = 'b/b'), 'SignatureDoesNotMatch'],
    ['with a signed header gone', (h) => delete h['content-type'], 'SignatureDoesNotMatch'],
    ['with an unsigned x-amz- header', (h) => (h['x-amz-meta-a'] = '1'), 'AccessDenied'],
  ])('%s returns %s', async (_name, change, expected) => {
    const { service } = await setUp();
    const toSign = { method: 'GET', host: HOST, path: '/k', headers: { 'content-type': 'a/a' } };
    const headers = signHeaders(toSign, KEY, { now: NOW, region: REGION });
    change(headers);

    const response = await service(rawRequest(`https://${HOST}/k`, { headers }));

    expect(await codeOf(response)).toBe(expected);
  });

  it.each(['/other', '/k?list-type=2', '/k/', '/K', '//k'])(
    'is not valid for another target: %s',
    async (target) => {
      const { service } = await setUp({ pathStyle: 'allowed' });
      const toSign = { method: 'GET', host: HOST, path: '/k' };
      const headers = signHeaders(toSign, KEY, { now: NOW, region: REGION });

      const response = await service(rawRequest(`https://${HOST}${target}`, { headers }));

      expect(await codeOf(response)).toMatch(/^SignatureDoesNotMatch$|^NotImplemented$/);
    },
  );
});

describe('a presigned URL', () => {
  const toSign = { method: 'GET', host: HOST, path: '/a%20b%2Bc' };

  it.each([
    ['fresh', KEY, 0, 'status 200'],
    ['in its last second', KEY, 59_000, 'status 200'],
    ['expired', KEY, 60_000, 'AccessDenied'],
    ['from the future', KEY, -15 * MINUTE - 1000, 'AccessDenied'],
    ['of a temporary key', TEMPORARY, 0, 'status 200'],
    ['with a wrong secret', { ...KEY, secretKey: 'wrong' }, 0, 'SignatureDoesNotMatch'],
    ['without its token', { ...TEMPORARY, securityToken: undefined }, 0, 'InvalidSecurity'],
  ])('%s returns %s', async (_name, key, later, expected) => {
    const { service, backend, clock } = await setUp();
    await backend.write(BUCKET, 'a b+c', Buffer.from('x'), { lastModified: NOW });
    const query = presign(toSign, key, { now: NOW, region: REGION, expires: 60 });
    clock.now = NOW + later;

    const response = await service(rawRequest(`https://${HOST}${toSign.path}?${query}`, {}));

    expect(await codeOf(response)).toBe(expected);
  });

  it('is valid as long as it says, at most a week', async () => {
    const { service, backend, clock } = await setUp();
    await backend.write(BUCKET, 'a b+c', Buffer.from('x'), { lastModified: NOW });
    const fetchWith = (expires: number) => {
      const query = presign(toSign, KEY, { now: NOW, region: REGION, expires });
      return service(rawRequest(`https://${HOST}${toSign.path}?${query}`, {}));
    };
    clock.now = NOW + 604_799_000;

    const responses = await Promise.all([604_800, 604_801].map(fetchWith));

    expect(await Promise.all(responses.map(codeOf))).toEqual(['status 200', 'InvalidRequest']);
  });
});
