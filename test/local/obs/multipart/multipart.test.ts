import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  uploadPart,
} from '../../../../local/obs/multipart/multipart.ts';
import { createUploads } from '../../../../local/obs/multipart/uploads.ts';
import type { ObsCall } from '../../../../local/obs/operations/call.ts';
import { memoryBackend } from '../../../../local/obs/storage/memory-backend.ts';
import { inMemory } from '../../../../local/obs/storage/payload.ts';
import { createSerializer } from '../../../../local/obs/storage/serializer.ts';
import { createSpool } from '../../../../local/obs/storage/spool.ts';
import { BUCKET, NOW, REGION, setUp } from '../../support/obs.ts';

const MIB = 1024 * 1024;
const md5 = (data: string | Buffer) => createHash('md5').update(data);
const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(.*)<\/Code>/.exec(await response.text())?.[1] ?? ''}`.trim();

async function begun(options: Parameters<typeof setUp>[0] = {}) {
  const world = await setUp(options);
  const { send } = world;
  const headers = { 'content-type': 'a/b' };
  const response = await send({ method: 'POST', path: '/k', query: [['uploads', '']], headers });
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(await response.text())?.[1] ?? '';
  const part = (number: number | string, body: string, path = '/k') =>
    send({
      method: 'PUT',
      path,
      query: [
        ['partNumber', String(number)],
        ['uploadId', uploadId],
      ],
      body,
    });
  const complete = (parts: [number, string][], more: Record<string, string> = {}) => {
    const list = parts.map(
      ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
    return send({
      method: 'POST',
      path: '/k',
      query: [['uploadId', uploadId]],
      body,
      headers: more,
    });
  };
  const abort = () => send({ method: 'DELETE', path: '/k', query: [['uploadId', uploadId]] });
  return { ...world, part, complete, abort };
}

const X = md5('x').digest('hex');

describe('a multipart upload', () => {
  it('becomes one object whose ETag counts the parts', async () => {
    const { part, complete, send, backend } = await begun();
    const bodies = ['a'.repeat(5 * MIB), 'tail'];
    const etags: string[] = [];
    for (const [i, body] of bodies.entries()) {
      etags.push((await part(i + 1, body)).headers.get('etag') ?? '');
    }
    expect(await backend.list(BUCKET, '')).toEqual([]);

    const response = await complete([[1, etags[0] ?? ''], [2, etags[1] ?? '']]); // oxfmt-ignore

    const expected = `"${md5(Buffer.concat(bodies.map((body) => md5(body).digest()))).digest('hex')}-2"`;
    const head = await send({ method: 'HEAD', path: '/k' });
    expect(response.status).toBe(200);
    // The minio client fails without a location.
    expect(await response.text()).toMatch(/<Location>https?:[^<]+\/k<\/Location>/);
    expect(head.headers.get('etag')).toBe(expected);
    expect(head.headers.get('content-type')).toBe('a/b');
    expect(head.headers.get('content-length')).toBe(String(5 * MIB + 4));
    expect(await codeOf(await complete([[1, etags[0] ?? '']]))).toBe('404 NoSuchUpload');
  });

  it.each<[string, [number, string][], string]>([
    ['an unknown part', [[2, X]], '400 InvalidPart'], // oxfmt-ignore
    ['a wrong ETag', [[1, 'other']], '400 InvalidPart'], // oxfmt-ignore
    ['the wrong order', [[3, X], [1, X]], '400 InvalidPartOrder'], // oxfmt-ignore
    ['a small part before the last', [[1, X], [3, X]], '400 EntityTooSmall'], // oxfmt-ignore
    ['no parts', [], '400 MalformedXML'],
    ['part 0', [[0, X]], '400 MalformedXML'], // oxfmt-ignore
  ])('cannot be completed with %s', async (_name, parts, expected) => {
    const { part, complete, backend } = await begun();
    await part(1, 'x');
    await part(3, 'x');

    expect(await codeOf(await complete(parts))).toBe(expected);
    expect(await backend.list(BUCKET, '')).toEqual([]);
  });

  it('is completed once, whatever arrives while its parts are joined', async () => {
    const backend = memoryBackend();
    await backend.createBucket(BUCKET);
    const uploads = createUploads();
    const upload = uploads.create({ bucket: BUCKET, key: 'k', facts: {}, startedAt: NOW });
    const xml = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${X}</ETag></Part></CompleteMultipartUpload>`;
    const callWith = (body: string) =>
      ({
        ...{ bucket: BUCKET, key: 'k', backend, uploads, spool: createSpool() },
        query: new Map([['uploadId', upload.id], ['partNumber', '1']]), // oxfmt-ignore
        body: inMemory(Buffer.from(body)),
        request: new Request('http://h/k'),
        settings: { region: REGION, conditionalPut: 'ignored', maxObjectBytes: MIB },
        ...{ serially: createSerializer(), time: { now: () => NOW } },
      }) as unknown as ObsCall;
    await uploadPart(callWith('x'));

    const [first, repeated, late, aborted] = await Promise.allSettled([
      completeMultipartUpload(callWith(xml)),
      completeMultipartUpload(callWith(xml)),
      uploadPart(callWith('late')),
      abortMultipartUpload(callWith('')),
    ]);

    const responses = [first, repeated].map((one) => one.status === 'fulfilled' && one.value);
    expect(responses).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect([late, aborted]).toMatchObject([
      { reason: { code: 'NoSuchUpload' } },
      { reason: { code: 'NoSuchUpload' } },
    ]);
    expect((await backend.read(BUCKET, 'k'))?.body.toString()).toBe('x');
  });

  it('does not exist after an abort', async () => {
    const { part, abort } = await begun();

    expect((await abort()).status).toBe(204);
    expect(await codeOf(await part(1, 'x'))).toBe('404 NoSuchUpload');
    expect(await codeOf(await abort())).toBe('404 NoSuchUpload');
  });

  it.each([
    ['part 0', 0, '/k', '400 InvalidArgument'],
    ['part 10001', 10_001, '/k', '400 InvalidArgument'],
    ['an invalid number', '1x', '/k', '400 InvalidArgument'],
    ['another key', 1, '/other', '404 NoSuchUpload'],
  ])('refuses %s', async (_name, number, path, expected) => {
    const { part } = await begun();

    expect(await codeOf(await part(number, 'x', path))).toBe(expected);
  });

  it('makes an object larger than one PUT may be, of parts that may not', async () => {
    const { part } = await begun({ maxObjectBytes: 4 });

    expect((await part(1, 'abcd')).status).toBe(200);
    expect((await part(2, 'efgh')).status).toBe(200);
    expect(await codeOf(await part(3, 'ijklm'))).toBe('400 EntityTooLarge');
  });

  it('checks the conditions of its completion', async () => {
    const { part, complete, backend } = await begun();
    await part(1, 'x');
    await backend.write(BUCKET, 'k', Buffer.from('old'), { lastModified: NOW });

    const response = await complete([[1, X]], { 'if-none-match': '*' });

    expect(await codeOf(response)).toBe('412 PreconditionFailed');
  });
});
