import { createHash, createHmac } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { credentialsFrom } from '../../../lib/cloud/request/credentials.ts';
import { createObs } from '../../../lib/cloud/obs/obs.ts';
import type { CallRecord } from '../../../lib/cloud/request/request.ts';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import { playClock } from '../request/play-clock.ts';
import { type Answer, type Seen, startServer } from '../request/server.ts';

const send = nodeSend();
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});
afterAll(() => send.close());

const keys = credentialsFrom({
  token: '',
  accessKey: 'AK1',
  secretKey: 'SK1',
  securityToken: 'ST1',
});
const BUCKET = 'backups';
const DATE = 'Fri, 02 Jan 2026 03:00:00 GMT';
const LAST_MODIFIED = Date.UTC(2026, 0, 2, 3);

async function setUp(
  answer: (seen: Seen, index: number) => Answer,
  options: { pathStyle?: boolean; credentials?: typeof keys } = {},
) {
  const server = await startServer(answer);
  open.push(server.close);
  const { clock, slept } = playClock();
  const records: CallRecord[] = [];
  const obs = createObs({
    send,
    credentials: () => options.credentials ?? keys,
    clock,
    random: () => 0.5,
    region: 'cn-north-4',
    endpoint: `http://obs.localhost:${server.port}`,
    pathStyle: options.pathStyle ?? false,
    onCall: (record) => records.push(record),
  });
  return { obs, slept, records, ...server };
}

const found = (body: string, etag = '"e1"'): Answer => ({
  headers: { etag, 'last-modified': DATE },
  body,
});
const xml = (status: number, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message><RequestId>r1</RequestId></Error>`,
});
const md5 = (text: string, encoding: 'hex' | 'base64') =>
  createHash('md5').update(text).digest(encoding);

/** AWS Signature Version 4 over what came over the wire, written out from its specification. */
function expectedSignature(seen: Seen): string {
  const [, scope = '', names = ''] =
    /Credential=AK1\/([^,]+), SignedHeaders=([^,]+)/.exec(seen.headers.authorization ?? '') ?? [];
  const [path = '', query = ''] = seen.path.split('?');
  const canonical = [
    seen.method,
    path,
    query
      .split('&')
      .sort()
      .map((pair) => (pair.includes('=') || pair === '' ? pair : `${pair}=`))
      .join('&'),
    ...names.split(';').map((name) => `${name}:${String(seen.headers[name])}`),
    '',
    names,
    createHash('sha256').update(seen.body).digest('hex'),
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', String(seen.headers['x-amz-date']), scope, hash].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((k, part) => createHmac('sha256', k).update(part).digest(), 'AWS4SK1');
  return createHmac('sha256', key).update(toSign).digest('hex');
}

describe('on the wire', () => {
  it('puts the bucket in the host, signs by our clock and sends no checksum headers', async () => {
    const { obs, seen, port } = await setUp(() => found(''));
    await obs.put(BUCKET, "a b/ü+'(1)!.json", '{}');
    const [put] = seen as [Seen];
    expect(put.headers.host).toBe(`${BUCKET}.obs.localhost:${port}`);
    expect(put.path).toContain('/a%20b/%C3%BC%2B%27%281%29%21.json');
    expect(put.headers['x-amz-date']).toBe('20260102T030405Z');
    expect(put.headers['x-amz-security-token']).toBe('ST1');
    expect(put.headers['content-md5']).toBe(md5('{}', 'base64'));
    expect(put.headers.authorization).toContain('AK1/20260102/cn-north-4/s3/aws4_request');
    expect(put.headers.authorization).toContain(`Signature=${expectedSignature(put)}`);
    expect(Object.keys(put.headers).filter((name) => /checksum|trailer/.test(name))).toEqual([]);
    expect(put.body).toBe('{}');
  });

  it('puts the bucket in the path for a test server', async () => {
    const { obs, seen, port } = await setUp(() => found('x'), { pathStyle: true });
    await obs.get(BUCKET, 'k');
    expect(seen[0]?.headers.host).toBe(`obs.localhost:${port}`);
    expect(seen[0]?.path).toMatch(new RegExp(`^/${BUCKET}/k`));
  });

  it('signs queries', async () => {
    const { obs, seen } = await setUp(() => ({
      body: '<ListBucketResult><Name>b</Name></ListBucketResult>',
    }));
    await obs.list(BUCKET, "runs/a+b&c=d'*", { delimiter: '/' });
    expect(seen[0]?.headers.authorization).toContain(expectedSignature(seen[0] as Seen));
  });

  it('looks nothing up in the environment or in shared files', async () => {
    const saved = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'OTHER',
      AWS_REGION: 'us-east-1',
      AWS_CONFIG_FILE: '/nowhere',
      AWS_PROFILE: 'none',
      AWS_MAX_ATTEMPTS: 'x',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
    });
    try {
      const { obs, seen } = await setUp(() => found('x'));
      expect(await obs.get(BUCKET, 'k')).toBeDefined();
      expect(seen[0]?.headers.authorization).toContain('AK1/20260102/cn-north-4');
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    }
  });
});

describe('get and head', () => {
  it('give the object', async () => {
    const { obs } = await setUp((seen) =>
      seen.method === 'HEAD'
        ? { headers: { etag: '"e1"', 'last-modified': DATE, 'content-length': '12' } }
        : found('hällo'),
    );
    expect(await obs.get(BUCKET, 'k')).toEqual({
      body: 'hällo',
      etag: 'e1',
      lastModified: LAST_MODIFIED,
    });
    expect(await obs.head(BUCKET, 'k')).toEqual({
      key: 'k',
      size: 12,
      etag: 'e1',
      lastModified: LAST_MODIFIED,
    });
  });

  it('give undefined for an absent key', async () => {
    const { obs, seen } = await setUp((one) =>
      one.method === 'HEAD' ? { status: 404 } : xml(404, 'NoSuchKey'),
    );
    expect(await obs.get(BUCKET, 'k')).toBeUndefined();
    expect(await obs.head(BUCKET, 'k')).toBeUndefined();
    expect(seen).toHaveLength(2);
  });

  it.each(['', 'garbage'])(
    'do not take an answer without its parts (%s) for an object',
    async (body) => {
      const { obs, seen } = await setUp(() => ({ body }));
      await expect(obs.get(BUCKET, 'k')).rejects.toMatchObject({ code: 'unreachable' });
      await expect(obs.head(BUCKET, 'k')).rejects.toMatchObject({ code: 'unreachable' });
      expect(seen).toHaveLength(6);
    },
  );

  it('give the text of an empty object', async () => {
    const { obs } = await setUp(() => found(''));
    expect(await obs.get(BUCKET, 'k')).toMatchObject({ body: '' });
  });
});

describe('tail', () => {
  it.each<[string, Answer, string | undefined]>([
    ['the range', { status: 206, headers: { etag: '"e"' }, body: 'end' }, 'end'],
    ['all, as the range is ignored', { headers: { etag: '"e"' }, body: 'the end' }, 'end'],
    ['an empty object', xml(416, 'InvalidRange'), ''],
    ['no such key', xml(404, 'NoSuchKey'), undefined],
  ])('reads the last bytes: %s', async (_what, answer, expected) => {
    const { obs, seen } = await setUp(() => answer);
    const tail = await obs.tail(BUCKET, 'k', 3);
    expect(tail && Buffer.from(tail).toString()).toBe(expected);
    expect(seen[0]?.headers.range).toBe('bytes=-3');
  });

  it('does not take an answer without its parts for an object', async () => {
    const { obs } = await setUp(() => ({ body: 'garbage' }));
    await expect(obs.tail(BUCKET, 'k', 3)).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('put', () => {
  it.each<[string, Answer, object]>([
    ['written', found('', '"e9"'), { outcome: 'written', etag: 'e9' }],
    ['refused, as it exists', xml(412, 'PreconditionFailed'), { outcome: 'exists' }],
    ['refused in the native way', xml(409, 'ObjectAlreadyExists'), { outcome: 'exists' }],
    ['not supported', xml(501, 'NotImplemented'), { outcome: 'unsupported' }],
    ['not supported, told as 400', xml(400, 'NotImplemented'), { outcome: 'unsupported' }],
  ])('with a condition: %s', async (_what, answer, expected) => {
    const { obs, seen } = await setUp(() => answer);
    expect(await obs.put(BUCKET, 'k', 'x', { ifNoneMatch: true })).toEqual(expected);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers['if-none-match']).toBe('*');
  });

  it('without a condition sends none and does not swallow 412', async () => {
    const { obs, seen } = await setUp(() => xml(412, 'PreconditionFailed'));
    await expect(obs.put(BUCKET, 'k', 'x')).rejects.toMatchObject({
      code: 'conflict',
      status: 412,
    });
    expect(seen[0]?.headers).not.toHaveProperty('if-none-match');
  });

  it('tries again when two writers collide', async () => {
    const { obs, seen } = await setUp((_seen, index) =>
      index === 0 ? xml(409, 'OperationAborted') : xml(412, 'PreconditionFailed'),
    );
    expect(await obs.put(BUCKET, 'k', 'x', { ifNoneMatch: true })).toEqual({ outcome: 'exists' });
    expect(seen).toHaveLength(2);
  });

  it.each([
    ['its own', md5('mine', 'hex'), 'written'],
    ["another's", md5('theirs', 'hex'), 'exists'],
  ])('after a lost answer finds %s object', async (_what, etag, outcome) => {
    const { obs } = await setUp((one, index) => {
      if (index === 0) return 'cut';
      if (one.method === 'HEAD')
        return { headers: { etag: `"${etag}"`, 'last-modified': DATE, 'content-length': '4' } };
      return xml(412, 'PreconditionFailed');
    });
    expect(await obs.put(BUCKET, 'k', 'mine', { ifNoneMatch: true })).toMatchObject({ outcome });
  });

  it('tells that a write may have happened', async () => {
    const { obs, seen, records } = await setUp(() => 'cut');
    await expect(obs.put(BUCKET, 'k', 'x')).rejects.toMatchObject({
      code: 'unreachable',
      carriedOut: 'unknown',
    });
    expect(seen).toHaveLength(3);
    expect(records.map(({ outcome }) => outcome)).toEqual(Array(3).fill('unreachable'));
  });
});

describe('list', () => {
  const page = (keysOn: string[], more: string) =>
    `<ListBucketResult><Name>${BUCKET}</Name>${keysOn
      .map(
        (key) =>
          `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>5</Size><StorageClass>WARM</StorageClass></Contents>`,
      )
      .join('')}${more}</ListBucketResult>`;

  it('follows all pages', async () => {
    const { obs, seen } = await setUp((_seen, index) => ({
      body:
        index === 0
          ? page(
              ['a', 'b'],
              '<IsTruncated>true</IsTruncated><NextContinuationToken>t1</NextContinuationToken>',
            )
          : page(
              ['c'],
              '<IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes>',
            ),
    }));
    const listed = await obs.list(BUCKET, 'p/', { startAfter: 'p/0', delimiter: '/' });
    expect(listed.objects.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(listed.objects[0]).toEqual({
      key: 'a',
      size: 5,
      etag: 'e',
      lastModified: LAST_MODIFIED,
    });
    expect(listed.prefixes).toEqual(['d/']);
    const queries = seen.map(({ path }) => new URLSearchParams(path.split('?')[1]));
    expect(queries.map((query) => query.get('continuation-token'))).toEqual([null, 't1']);
    expect(queries[0]?.get('start-after')).toBe('p/0');
    expect(queries[0]?.get('prefix')).toBe('p/');
  });

  it('stops at max and asks for no more than it', async () => {
    const { obs, seen } = await setUp(() => ({
      body: page(
        ['a', 'b'],
        '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>',
      ),
    }));
    expect((await obs.list(BUCKET, '', { max: 2 })).objects).toHaveLength(2);
    expect((await obs.list(BUCKET, '', { max: 0 })).objects).toHaveLength(0);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.path).toContain('max-keys=2');
  });

  it.each([
    ['nothing', ''],
    ['garbage', 'garbage'],
    ['broken XML', '<ListBucketResult><Contents>'],
    ['another document', '<html><body>hello</body></html>'],
    ['a next page that cannot be asked for', page([], '<IsTruncated>true</IsTruncated>')],
  ])('does not take %s for an empty folder', async (_what, body) => {
    const { obs } = await setUp(() => ({ body }));
    await expect(obs.list(BUCKET, 'p/')).rejects.toMatchObject({
      code: 'unreachable',
      carriedOut: 'unknown',
    });
  });
});

describe('remove', () => {
  it('deletes one key, present or not', async () => {
    const { obs, seen } = await setUp((_seen, index) =>
      index === 0 ? { status: 204 } : xml(404, 'NoSuchKey'),
    );
    await obs.remove(BUCKET, ['a']);
    await obs.remove(BUCKET, ['b']);
    expect(seen.map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
  });

  it('deletes many in thousands, with the MD5 that OBS wants', async () => {
    const { obs, seen } = await setUp((one) => ({
      body: `<DeleteResult>${[...one.body.matchAll(/<Key>(\w+)<\/Key>/g)]
        .map(([, key]) => `<Deleted><Key>${key}</Key></Deleted>`)
        .join('')}</DeleteResult>`,
    }));
    await obs.remove(
      BUCKET,
      Array.from({ length: 1_001 }, (_, i) => `k${i}`),
    );
    expect(seen).toHaveLength(2);
    for (const { body, headers } of seen) expect(headers['content-md5']).toBe(md5(body, 'base64'));
    expect(seen[0]?.headers.authorization).toContain(expectedSignature(seen[0] as Seen));
  });

  it('asks nothing for no keys', async () => {
    const { obs, seen } = await setUp(() => ({}));
    await obs.remove(BUCKET, []);
    expect(seen).toHaveLength(0);
  });

  it.each([
    ['AccessDenied', 'access_denied', 1],
    ['InternalError', 'service', 3],
  ])('tells keys that stayed (%s)', async (Code, code, attempts) => {
    const { obs, seen } = await setUp(() => ({
      body: `<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>${Code}</Code></Error></DeleteResult>`,
    }));
    await expect(obs.remove(BUCKET, ['a', 'b'])).rejects.toMatchObject({ code, serviceCode: Code });
    expect(seen).toHaveLength(attempts);
  });

  it('does not take an empty answer for done', async () => {
    const { obs } = await setUp(() => ({ body: 'ok' }));
    await expect(obs.remove(BUCKET, ['a', 'b'])).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('errors', () => {
  it.each<[string, Answer, object, number]>([
    ['no bucket', xml(404, 'NoSuchBucket'), { code: 'bucket_missing', requestId: 'r1' }, 1],
    ['no permission', xml(403, 'AccessDenied'), { code: 'access_denied' }, 1],
    ['an unknown key', xml(403, 'InvalidAccessKeyId'), { code: 'credentials_refused' }, 1],
    ['a bad signature', xml(403, 'SignatureDoesNotMatch'), { code: 'credentials_refused' }, 1],
    [
      'a wrong clock',
      xml(403, 'RequestTimeTooSkewed', { date: 'Fri, 02 Jan 2026 04:04:05 GMT' }),
      { code: 'clock_skew', message: expect.stringContaining('60 min behind') as string },
      1,
    ],
    ['path style', xml(403, 'VirtualHostDomainRequired'), { code: 'setting_invalid' }, 1],
    ['slow down', xml(503, 'SlowDown'), { code: 'throttled', carriedOut: 'unknown' }, 3],
    ['too many', xml(429, 'TooManyRequests'), { code: 'throttled', carriedOut: 'no' }, 3],
    [
      'an internal error',
      xml(500, 'InternalError'),
      { code: 'service', serviceCode: 'InternalError', carriedOut: 'unknown' },
      3,
    ],
    ['a proxy', { status: 502, body: '<html>' }, { code: 'unreachable', carriedOut: 'unknown' }, 3],
    ['an empty 403', { status: 403 }, { code: 'access_denied' }, 1],
  ])('maps %s', async (_what, answer, expected, attempts) => {
    const { obs, seen } = await setUp(() => answer);
    await expect(obs.get(BUCKET, 'k')).rejects.toMatchObject({ ...expected, service: 'obs' });
    expect(seen).toHaveLength(attempts);
  });

  it('sends nothing more once the keys are refused', async () => {
    const { obs, seen } = await setUp(() => xml(403, 'InvalidAccessKeyId'));
    await expect(obs.get(BUCKET, 'a')).rejects.toMatchObject({ code: 'credentials_refused' });
    await expect(obs.get(BUCKET, 'b')).rejects.toMatchObject({ code: 'credentials_refused' });
    expect(seen).toHaveLength(1);
  });

  it('asks for an agency when there are no keys', async () => {
    const { obs, seen } = await setUp(() => ({}), { credentials: { ...keys, accessKey: '' } });
    await expect(obs.get(BUCKET, 'a')).rejects.toMatchObject({ code: 'credentials_missing' });
    expect(seen).toHaveLength(0);
  });
});

describe('with a mocked client', () => {
  it('recovers from a failure that passes, waiting by our clock', async () => {
    const s3 = mockClient(S3Client);
    s3.on(ListObjectsV2Command)
      .rejectsOnce(
        Object.assign(new Error('x'), {
          name: 'InternalError',
          $metadata: { httpStatusCode: 500 },
        }),
      )
      .resolves({ Name: BUCKET, Contents: [] });
    s3.on(GetObjectCommand).rejects(
      Object.assign(new Error('x'), { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } }),
    );
    const { obs, slept } = await setUp(() => ({}));
    expect(await obs.list(BUCKET, '')).toEqual({ objects: [], prefixes: [] });
    expect(await obs.get(BUCKET, 'k')).toBeUndefined();
    expect(slept).toEqual([100]);
    s3.restore();
  });
});
