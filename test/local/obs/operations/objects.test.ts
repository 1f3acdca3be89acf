import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BUCKET, DOMAIN, KEY, NOW, REGION, setUp } from '../../support/obs.ts';
import { signHeaders } from '../../support/sign-s3.ts';

const md5 = (text: string, encoding: 'hex' | 'base64') =>
  createHash('md5').update(text).digest(encoding);
const codeOf = async (answer: Response) =>
  `${answer.status} ${/<Code>(.*)<\/Code>/.exec(await answer.text())?.[1] ?? ''}`.trim();

async function withObject(body = '0123456789') {
  const world = await setUp();
  await world.send({ method: 'PUT', path: '/k', body });
  return { ...world, etag: md5(body, 'hex') };
}

describe('PUT', () => {
  it.each([
    ['a right MD5', { 'content-md5': md5('abc', 'base64') }, '200'],
    ['a wrong MD5', { 'content-md5': md5('abd', 'base64') }, '400 BadDigest'],
    ['no MD5 at all', { 'content-md5': 'abc' }, '400 InvalidDigest'],
    ['2 KB of metadata', { 'x-amz-meta-a': 'v'.repeat(2047) }, '200'],
    ['more metadata', { 'x-amz-meta-a': 'v'.repeat(2048) }, '400 MetadataTooLarge'],
    ['a checksum of another kind', { 'x-amz-checksum-crc32': 'AAAAAA==' }, '200'],
    ['the standard class', { 'x-amz-storage-class': 'STANDARD' }, '200'],
    ['another class', { 'x-amz-storage-class': 'GLACIER' }, '501 NotImplemented'],
    ['a source to copy', { 'x-amz-copy-source': '/b/k' }, '501 NotImplemented'],
    ['encryption', { 'x-amz-server-side-encryption': 'aws:kms' }, '501 NotImplemented'],
  ])('with %s is answered', async (_name, headers, expected) => {
    const { send } = await setUp();

    const answer = await send({ method: 'PUT', path: '/k', body: 'abc', headers });

    expect(await codeOf(answer)).toBe(expected);
  });

  it.each([
    ['no length', { 'content-length': undefined }, '411 MissingContentLength'],
    ['chunks', { 'transfer-encoding': 'chunked' }, '411 MissingContentLength'],
    ['a length too large', { 'content-length': '4' }, '400 IncompleteBody'],
  ])('with %s is refused', async (_name, change, expected) => {
    const { service } = await setUp();
    const headers = new Headers();
    const host = `${BUCKET}.${DOMAIN}`;
    const signed = signHeaders({ method: 'PUT', host, path: '/k', body: 'abc' }, KEY, {
      now: NOW,
      region: REGION,
    });
    const all = { ...signed, 'content-length': '3', ...change };
    for (const [name, value] of Object.entries(all)) if (value) headers.set(name, value);

    const answer = await service(
      new Request(`https://${host}/k`, { method: 'PUT', headers, body: Buffer.from('abc') }),
    );

    expect(await codeOf(answer)).toBe(expected);
  });

  it('is refused above the size that the service takes', async () => {
    const { send } = await setUp({ maxObjectBytes: 3 });

    const answers = [
      await send({ method: 'PUT', path: '/k', body: 'abc' }),
      await send({ method: 'PUT', path: '/k', body: 'abcd' }),
    ];

    expect(await Promise.all(answers.map(codeOf))).toEqual(['200', '400 EntityTooLarge']);
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

    const answer = await send({ method: 'PUT', path: '/k', body: 'new', headers: create });

    expect(await codeOf(answer)).toBe(expected);
    expect(Buffer.from((await backend.read(BUCKET, 'k'))?.body ?? []).toString()).toBe(body);
  });

  it('follows a setting that changes', async () => {
    const { send, settings } = await setUp({ conditionalPut: 'refused' });
    const put = () => send({ method: 'PUT', path: '/k', body: 'x', headers: create });
    const before = (await put()).status;
    settings.conditionalPut = 'honoured';

    expect([before, (await put()).status, (await put()).status]).toEqual([501, 200, 412]);
  });

  it('has one winner of twenty', async () => {
    const { send } = await setUp();

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        send({ method: 'PUT', path: '/k', body: String(i), headers: create }),
      ),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(19);
  });

  it.each([
    ['the quoted ETag', (etag: string) => `"${etag}"`, '200'],
    ['the bare ETag', (etag: string) => etag, '200'],
    ['another ETag', () => '"other"', '412 PreconditionFailed'],
  ])('on %s', async (_name, tag, expected) => {
    const { send, etag } = await withObject();

    const headers = { 'if-match': tag(etag) };
    const answer = await send({ method: 'PUT', path: '/k', body: 'new', headers });

    expect(await codeOf(answer)).toBe(expected);
  });

  it('on the ETag of an absent object finds no key', async () => {
    const { send } = await setUp();

    const answer = await send({
      method: 'PUT',
      path: '/k',
      body: 'x',
      headers: { 'if-match': '*' },
    });

    expect(await codeOf(answer)).toBe('404 NoSuchKey');
  });
});

describe('GET', () => {
  it.each([
    [undefined, 200, '0123456789', null],
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=4-2', 200, '0123456789', null],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['bytes=x', 200, '0123456789', null],
    ['bytes=10-', 416, undefined, null],
    ['bytes=-0', 416, undefined, null],
  ])('with the range %s', async (range, status, body, contentRange) => {
    const { send } = await withObject();

    const headers = range === undefined ? {} : { range };
    const answer = await send({ path: '/k', headers });

    const text = await answer.text();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-range')).toBe(contentRange);
    if (body === undefined) expect(text).toContain('InvalidRange');
    else expect([text, answer.headers.get('content-length')]).toEqual([body, String(body.length)]);
  });

  it('with a range of an empty object', async () => {
    const { send } = await withObject('');

    expect((await send({ path: '/k', headers: { range: 'bytes=0-' } })).status).toBe(416);
  });

  const SAME = new Date(NOW).toUTCString();
  const EARLIER = new Date(NOW - 1000).toUTCString();
  it.each<[string, (etag: string) => Record<string, string>, string]>([
    ['the ETag to match', (etag) => ({ 'if-match': `"${etag}"` }), '200'],
    ['another to match', () => ({ 'if-match': '"x"' }), '412 PreconditionFailed'],
    ['the ETag in a list not to match', (e) => ({ 'if-none-match': `"x", "${e}"` }), '304'],
    ['another not to match', () => ({ 'if-none-match': '"x"' }), '200'],
    ['modified since before', () => ({ 'if-modified-since': EARLIER }), '200'],
    ['modified since then', () => ({ 'if-modified-since': SAME }), '304'],
    ['unmodified since then', () => ({ 'if-unmodified-since': SAME }), '200'],
    ['unmodified since before', () => ({ 'if-unmodified-since': EARLIER }), '412 PreconditionFailed'], // prettier-ignore
    ['a date that is none', () => ({ 'if-modified-since': 'yesterday' }), '200'],
  ])('with %s', async (_name, headersFor, expected) => {
    const { send, etag } = await withObject();

    const answer = await send({ path: '/k', headers: headersFor(etag) });

    expect(await codeOf(answer)).toBe(expected);
  });
});

it('HEAD tells what GET would, without the body', async () => {
  const { send } = await setUp();
  const headers = { 'content-type': 'a/b', 'x-amz-meta-run': 'r1' };
  await send({ method: 'PUT', path: '/k', body: 'abc', headers });

  const [head, get] = [await send({ method: 'HEAD', path: '/k' }), await send({ path: '/k' })];

  const described = (answer: Response) =>
    ['etag', 'content-length', 'content-type', 'last-modified', 'x-amz-meta-run'].map((name) =>
      answer.headers.get(name),
    );
  expect(described(head)).toEqual([`"${md5('abc', 'hex')}"`, '3', 'a/b', 'Fri, 02 Jan 2026 03:04:05 GMT', 'r1']); // prettier-ignore
  expect(described(get)).toEqual(described(head));
  expect(await head.text()).toBe('');
});

it('DELETE is answered alike for what is there and what is not', async () => {
  const { send } = await withObject();

  const first = await send({ method: 'DELETE', path: '/k' });
  const second = await send({ method: 'DELETE', path: '/k' });

  expect([first.status, second.status]).toEqual([204, 204]);
  expect((await send({ path: '/k' })).status).toBe(404);
});
