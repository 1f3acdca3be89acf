import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionCut, ConnectionHang } from '../../../../local/http/connection-errors.ts';
import { listen } from '../../../../local/http/server.ts';
import { createTime, machineClock } from '../../../../local/simulation/time.ts';
import { BUCKET, clientOf, DOMAIN, inProcess, setUp, TEMPORARY } from '../../support/obs.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

const withRealTime = (options: Parameters<typeof setUp>[0] = {}) =>
  setUp({ time: createTime(machineClock), ...options });

const TRANSPORTS: [string, (pathStyle: boolean) => Promise<S3Client>][] = [
  [
    'in process',
    async (forcePathStyle) => {
      const { service } = await withRealTime();
      return clientOf({ requestHandler: inProcess(service), forcePathStyle });
    },
  ],
  [
    'over a socket',
    async (forcePathStyle) => {
      const { service } = await withRealTime();
      const { port, close } = await listen(service, 0, 1_000_000);
      const httpAgent = new Agent({
        lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
      });
      const client = clientOf({
        endpoint: `http://obs.localhost:${port}`,
        forcePathStyle,
        requestHandler: { httpAgent },
      });
      open.push(async () => client.destroy(), close);
      return client;
    },
  ],
];

const thrown = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
      `${error.$metadata?.httpStatusCode} ${error.name}`,
  );

describe.each(TRANSPORTS)('the SDK %s', (_name, connect) => {
  describe.each([
    ['virtual-hosted', false],
    ['path', true],
  ])('with %s addressing', (_style, pathStyle) => {
    it('writes, reads, lists and deletes', async () => {
      const client = await connect(pathStyle);
      const key = 'runs/a b+c/é*%2F.json';
      const body = '{"a":1}';
      const ContentMD5 = createHash('md5').update(body).digest('base64');

      const put = await client.send(
        new PutObjectCommand({
          Bucket: BUCKET,
          Key: key,
          Body: body,
          ContentMD5,
          ContentType: 'application/json',
          Metadata: { run: 'r1' },
        }),
      );
      const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
      const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }));
      const list = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'runs/' }));
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
      const gone = await thrown(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key })));

      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      expect(put.ETag).toBe(etag);
      expect(await got.Body?.transformToString()).toBe(body);
      expect(got).toMatchObject({ ContentType: 'application/json', Metadata: { run: 'r1' } });
      expect(head).toMatchObject({ ETag: etag, ContentLength: 7 });
      expect(list).toMatchObject({ Name: BUCKET, KeyCount: 1, IsTruncated: false });
      expect(list.Contents).toMatchObject([{ Key: key, Size: 7, ETag: etag }]);
      expect(gone).toBe('404 NotFound');
    });

    it('deletes many keys with MD5, also absent ones', async () => {
      const client = await connect(pathStyle);
      const Objects = ['a&b', 'c', 'never there'].map((Key) => ({ Key }));
      for (const { Key } of Objects.slice(0, 2)) {
        await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));
      }

      const response = await client.send(
        new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects }, ChecksumAlgorithm: 'MD5' }),
      );

      const list = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
      expect(response.Deleted).toEqual(Objects);
      expect(list.KeyCount).toBe(0);
    });

    it('cannot delete many keys without MD5', async () => {
      const client = await connect(pathStyle);
      const Delete = { Objects: [{ Key: 'a' }] };

      const response = await thrown(
        client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete })),
      );

      expect(response).toBe('400 MissingRequiredHeader');
    });

    it('sends a stream with its length and an empty body', async () => {
      const client = await connect(pathStyle);
      const Body = Readable.from([Buffer.from('abc')], { objectMode: false });

      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 's', Body, ContentLength: 3 }));
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'e', Body: '' }));

      const list = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
      expect(list.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([['e', 0], ['s', 3]]); // oxfmt-ignore
    });

    it('creates and lists buckets, and returns their region', async () => {
      const client = await connect(pathStyle);
      const create = (Bucket: string, region?: string) =>
        client.send(
          new CreateBucketCommand({
            Bucket,
            ...(region === undefined
              ? {}
              : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
          }),
        );

      await create('more', 'cn-north-4');
      const again = await thrown(create('more'));
      const elsewhere = await thrown(create('third', 'eu-west-1'));
      const { Buckets } = await client.send(new ListBucketsCommand());
      await client.send(new HeadBucketCommand({ Bucket: 'more' }));
      const missing = await thrown(client.send(new HeadBucketCommand({ Bucket: 'third' })));
      const place = await client.send(new GetBucketLocationCommand({ Bucket: 'more' }));

      expect(again).toBe('409 BucketAlreadyOwnedByYou');
      expect(elsewhere).toBe('400 IllegalLocationConstraintException');
      expect(Buckets?.map(({ Name }) => Name)).toEqual([BUCKET, 'more']);
      expect(missing).toBe('404 NotFound');
      expect(place.LocationConstraint).toBe('cn-north-4');
    });
  });

  it('gets an error by name for an absent bucket or key', async () => {
    const client = await connect(false);

    const key = await thrown(client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'k' })));
    const bucket = await thrown(client.send(new GetObjectCommand({ Bucket: 'other', Key: 'k' })));

    expect([key, bucket]).toEqual(['404 NoSuchKey', '404 NoSuchBucket']);
  });
});

describe('the SDK with its default checksums', () => {
  const defaults = {
    requestChecksumCalculation: 'WHEN_SUPPORTED',
    responseChecksumValidation: 'WHEN_SUPPORTED',
  } as const;

  it('fails for a stream, as with the real OBS', async () => {
    const { service } = await withRealTime();
    const { port, close } = await listen(service, 0, 1_000_000);
    const endpoint = `http://127.0.0.1:${port}`;
    const client = clientOf({ ...defaults, endpoint, forcePathStyle: true });
    open.push(async () => client.destroy(), close);
    const Body = Readable.from([Buffer.from('abc')], { objectMode: false });

    const response = await thrown(
      client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 's', Body, ContentLength: 3 })),
    );

    expect(response).toBe('400 XAmzContentSHA256Mismatch');
  });

  it('works for a text; its CRC32 is ignored', async () => {
    const { service } = await withRealTime();
    const client = clientOf({ ...defaults, requestHandler: inProcess(service) });

    const put = client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 't', Body: 'abc' }));

    await expect(put).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });
});

it('accepts a temporary key with its token', async () => {
  const expiresAt = Date.now() + 60_000;
  const key = { ...TEMPORARY, expiresAt };
  const { service } = await withRealTime({ keys: { find: () => key } });
  const client = clientOf({ requestHandler: inProcess(service) }, key);

  const response = client.send(new HeadBucketCommand({ Bucket: BUCKET }));

  await expect(response).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
});

it('refuses path style by option', async () => {
  const { send } = await setUp({ pathStyle: 'refused' });

  const response = await send({ path: `/${BUCKET}/k`, host: DOMAIN });

  expect(await response.text()).toContain('VirtualHostDomainRequired');
  expect((await send({ path: '/k' })).status).toBe(404);
});

describe('an error', () => {
  it('is XML with the request id', async () => {
    const { send } = await setUp();

    const response = await send({ path: '/a%3Cb' });

    const id = response.headers.get('x-amz-request-id') ?? '';
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('application/xml');
    expect(id).toMatch(/^[0-9A-F]{32}$/);
    expect(text).toContain(`<RequestId>${id}</RequestId>`);
    expect(text).toMatch(/<Resource>\/a%3Cb<\/Resource>.*<HostId>.+<\/HostId>/);
  });

  it('has no body for a HEAD', async () => {
    const { send } = await setUp();

    const response = await send({ method: 'HEAD', path: '/k' });

    expect([response.status, await response.text()]).toEqual([404, '']);
  });

  it.each([
    ['GET', 'other.example.com', [], '400 BadDomainName'],
    ['GET', `${BUCKET}.${DOMAIN}`, [['versionId', '1']], '501 NotImplemented'],
    ['PATCH', `${BUCKET}.${DOMAIN}`, [], '405 MethodNotAllowed'],
  ] as [string, string, [string, string][], string][])(
    'is returned for %s %s %j',
    async (method, host, query, expected) => {
      const { send } = await setUp();

      const response = await send({ method, host, path: '/k', query });

      const code = /<Code>(.*)<\/Code>/.exec(await response.text())?.[1];
      expect(`${response.status} ${code}`).toBe(expected);
    },
  );
});

describe('calls and faults', () => {
  it('counts an absent object as ok and a bad signature as refused', async () => {
    const { send, calls } = await setUp();

    await send({ method: 'HEAD', path: '/k' });
    await send({ method: 'HEAD', path: '/k' }, { region: 'elsewhere' });
    await send({ method: 'PUT', path: '/k', body: 'x' });
    await send({ path: '/k' });

    expect(calls.counts()['obs']).toMatchObject({
      HeadObject: { ok: 1, refused: 1 },
      PutObject: { ok: 1, refused: 0 },
      GetObject: { ok: 1, refused: 0 },
    });
  });

  it.each([
    ['throttle', {}, 503, undefined],
    ['error', { status: 404, code: 'NoSuchKey' }, 404, undefined],
    ['error', { status: 500, carried_out: true }, 500, 'x'],
    ['garbage', {}, 200, 'x'],
  ] as const)('applies the fault %s %j once', async (kind, more, status, stored) => {
    const { send, faults, calls, backend } = await setUp();
    faults.add({ service: 'obs', operation: 'PutObject', kind, times: 1, ...more });

    const response = await send({ method: 'PUT', path: '/k', body: 'x' });

    const found = await backend.read(BUCKET, 'k');
    expect([response.status, found && Buffer.from(found.body).toString()]).toEqual([
      status,
      stored,
    ]);
    const outcome = status === 200 ? { ok: 1, refused: 0 } : { ok: 0, refused: 1 };
    expect(calls.counts()['obs']?.['PutObject']).toEqual(outcome);
    expect((await send({ method: 'PUT', path: '/k', body: 'x' })).status).toBe(200);
  });

  it('applies a fault to a HEAD without a body', async () => {
    const { send, faults } = await setUp();
    faults.add({ service: 'obs', kind: 'throttle' });

    const response = await send({ method: 'HEAD', path: '/k' });

    expect([response.status, await response.text()]).toEqual([503, '']);
  });

  it('carries out a call before it cuts the connection, but not before it hangs', async () => {
    const { send, faults, calls, backend } = await setUp();
    faults.add({ service: 'obs', kind: 'drop_answer', times: 1 });
    faults.add({ service: 'obs', kind: 'hang', times: 1 });

    const cut = send({ method: 'PUT', path: '/cut', body: 'x' });
    await expect(cut).rejects.toThrow(ConnectionCut);
    const silent = send({ method: 'PUT', path: '/silent', body: 'x' });
    await expect(silent).rejects.toThrow(ConnectionHang);

    expect((await backend.list(BUCKET, '')).map(({ key }) => key)).toEqual(['cut']);
    expect(calls.counts()['obs']?.['PutObject']).toEqual({ ok: 1, refused: 1 });
  });
});
