import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BUCKET, NOW, setUp } from '../../support/obs.ts';

const md5 = (text: string, encoding: 'hex' | 'base64') =>
  createHash('md5').update(text).digest(encoding);
const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(.*)<\/Code>/.exec(await response.text())?.[1] ?? ''}`.trim();

async function withObject(body = '0123456789') {
  const world = await setUp();
  await world.send({ method: 'PUT', path: '/k', body });
  return { ...world, etag: md5(body, 'hex') };
}

describe('PUT', () => {
  it.each([
    ['the right MD5', { 'content-md5': md5('abc', 'base64') }, '200'],
    ['a wrong MD5', { 'content-md5': md5('abd', 'base64') }, '400 BadDigest'],
    ['a checksum of another kind', { 'x-amz-checksum-crc32': 'AAAAAA==' }, '200'],
    ['too much metadata', { 'x-amz-meta-a': 'v'.repeat(2048) }, '400 MetadataTooLarge'],
  ])('with %s returns %s', async (_name, headers, expected) => {
    const { send } = await setUp();

    const response = await send({ method: 'PUT', path: '/k', body: 'abc', headers });

    expect(await codeOf(response)).toBe(expected);
  });

  it('refuses an object over the size limit', async () => {
    const { send } = await setUp({ maxObjectBytes: 3 });

    const responses = [
      await send({ method: 'PUT', path: '/k', body: 'abc' }),
      await send({ method: 'PUT', path: '/k', body: 'abcd' }),
    ];

    expect(await Promise.all(responses.map(codeOf))).toEqual(['200', '400 EntityTooLarge']);
  });
});

describe('a conditional PUT', () => {
  const create = { 'if-none-match': '*' };

  it.each([
    ['honoured', '412 PreconditionFailed', 'old'],
    ['ignored', '200', 'new'],
    ['refused', '501 NotImplemented', 'old'],
  ] as const)('is %s', async (conditionalPut, expected, body) => {
    const { send, backend } = await setUp({ conditionalPut });
    await backend.write(BUCKET, 'k', Buffer.from('old'), { lastModified: NOW });

    const response = await send({ method: 'PUT', path: '/k', body: 'new', headers: create });

    expect(await codeOf(response)).toBe(expected);
    expect(Buffer.from((await backend.read(BUCKET, 'k'))?.body ?? []).toString()).toBe(body);
  });

  it('obeys a changed setting', async () => {
    const { send, settings } = await setUp({ conditionalPut: 'refused' });
    const put = () => send({ method: 'PUT', path: '/k', body: 'x', headers: create });
    const before = (await put()).status;
    settings.conditionalPut = 'honoured';

    expect([before, (await put()).status, (await put()).status]).toEqual([501, 200, 412]);
  });

  it('lets one of twenty win', async () => {
    const { send } = await setUp();

    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        send({ method: 'PUT', path: '/k', body: String(i), headers: create }),
      ),
    );

    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(19);
  });

  it.each([
    ['the quoted ETag', (etag: string) => `"${etag}"`, '200'],
    ['the bare ETag', (etag: string) => etag, '200'],
    ['another ETag', () => '"other"', '412 PreconditionFailed'],
  ])('with %s returns %s', async (_name, tag, expected) => {
    const { send, etag } = await withObject();

    const headers = { 'if-match': tag(etag) };
    const response = await send({ method: 'PUT', path: '/k', body: 'new', headers });

    expect(await codeOf(response)).toBe(expected);
  });

  it('with If-Match of an absent object returns NoSuchKey', async () => {
    const { send } = await setUp();

    const response = await send({
      method: 'PUT',
      path: '/k',
      body: 'x',
      headers: { 'if-match': '*' },
    });

    expect(await codeOf(response)).toBe('404 NoSuchKey');
  });
});

describe('GET', () => {
  it.each([
    [undefined, 200, '0123456789', null],
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=10-', 416, undefined, null],
  ])('with the range %s returns %i', async (range, status, body, contentRange) => {
    const { send } = await withObject();

    const response = await send({ path: '/k', headers: range === undefined ? {} : { range } });

    const text = await response.text();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(contentRange);
    if (body === undefined) expect(text).toContain('InvalidRange');
    else
      expect([text, response.headers.get('content-length')]).toEqual([body, String(body.length)]);
  });

  it('checks its conditions', async () => {
    const { send, etag } = await withObject();

    const matching = await send({ path: '/k', headers: { 'if-none-match': `"${etag}"` } });
    const other = await send({ path: '/k', headers: { 'if-match': '"x"' } });

    expect([await codeOf(matching), await codeOf(other)]).toEqual([
      '304',
      '412 PreconditionFailed',
    ]);
  });
});

it('HEAD returns the headers of a GET without the body', async () => {
  const { send } = await setUp();
  const headers = { 'content-type': 'a/b', 'x-amz-meta-run': 'r1' };
  await send({ method: 'PUT', path: '/k', body: 'abc', headers });

  const [head, get] = [await send({ method: 'HEAD', path: '/k' }), await send({ path: '/k' })];

  const described = (response: Response) =>
    ['etag', 'content-length', 'content-type', 'last-modified', 'x-amz-meta-run'].map((name) =>
      response.headers.get(name),
    );
  expect(described(head)).toEqual([`"${md5('abc', 'hex')}"`, '3', 'a/b', 'Fri, 02 Jan 2026 03:04:05 GMT', 'r1']); // oxfmt-ignore
  expect(described(get)).toEqual(described(head));
  expect(await head.text()).toBe('');
});

it('DELETE returns 204 for an existing and an absent object', async () => {
  const { send } = await withObject();

  const first = await send({ method: 'DELETE', path: '/k' });
  const second = await send({ method: 'DELETE', path: '/k' });

  expect([first.status, second.status]).toEqual([204, 204]);
  expect((await send({ path: '/k' })).status).toBe(404);
});
