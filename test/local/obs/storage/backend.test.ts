import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compareBytes } from '../../../../local/obs/storage/byte-order.ts';
import { allOf } from '../../../../local/obs/storage/payload.ts';
import { createSpool, MAX_IN_MEMORY } from '../../../../local/obs/storage/spool.ts';
import { folderBackend } from '../../../../local/obs/storage/folder-backend.ts';
import { memoryBackend } from '../../../../local/obs/storage/memory-backend.ts';

const dirs: string[] = [];
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});
const newFolder = () => {
  const dir = mkdtempSync(join(tmpdir(), 'obs-'));
  dirs.push(dir);
  return dir;
};

const BUCKET = 'backups';
const FACTS = { lastModified: Date.UTC(2026, 0, 2) };
const bytes = (text: string) => Buffer.from(text);
async function* chunksOf(body: Uint8Array) {
  yield body;
}

describe.each([
  ['memory', () => memoryBackend()],
  ['folder', () => folderBackend(newFolder())],
])('%s backend', (name, create) => {
  const withBucket = async () => {
    const backend = create();
    await backend.createBucket(BUCKET);
    return backend;
  };

  it('returns what was written, with its attributes', async () => {
    const backend = await withBucket();
    const facts = { ...FACTS, contentType: 'a/b', metadata: { run: 'r1' } };

    const written = await backend.write(BUCKET, 'k', bytes('abc'), facts);

    const etag = createHash('md5').update('abc').digest('hex');
    expect(written).toEqual({ key: 'k', size: 3, etag, ...facts });
    expect(await backend.stat(BUCKET, 'k')).toEqual(written);
    const read = await backend.read(BUCKET, 'k');
    expect(read?.record).toEqual(written);
    expect(Buffer.from(read?.body ?? [])).toEqual(bytes('abc'));
  });

  it('overwrites and deletes objects, also absent ones', async () => {
    const backend = await withBucket();
    await backend.write(BUCKET, 'k', bytes('one'), FACTS);
    await backend.write(BUCKET, 'k', bytes('three'), FACTS);

    expect((await backend.stat(BUCKET, 'k'))?.size).toBe(5);
    await backend.remove(BUCKET, 'k');
    await backend.remove(BUCKET, 'k');

    expect(await backend.stat(BUCKET, 'k')).toBeUndefined();
    expect(await backend.read(BUCKET, 'k')).toBeUndefined();
    expect(await backend.list(BUCKET, '')).toEqual([]);
  });

  it('lists under a prefix in the byte order of UTF-8', async () => {
    const backend = await withBucket();
    const keys = ['p/b', 'p/a', 'p', 'q', 'p/\u{1F600}', 'p/\uFF5E', 'p/é', 'p/B', 'p0', 'o'];
    for (const key of keys) await backend.write(BUCKET, key, bytes(key), FACTS);

    const listed = await backend.list(BUCKET, 'p/');

    expect(listed.map(({ key }) => key)).toEqual(
      ['p/B', 'p/a', 'p/b', 'p/é', 'p/\uFF5E', 'p/\u{1F600}'], // oxfmt-ignore
    );
    expect(await backend.list(BUCKET, 'nothing')).toEqual([]);
    expect(await backend.list(BUCKET, '')).toHaveLength(keys.length);
  });

  it.each([
    '../../escape',
    '..',
    '.',
    './a',
    'a/../../../b',
    '/absolute',
    'a//b',
    'folder/',
    'x'.repeat(1024),
    `${'d/'.repeat(400)}k`,
    'nul\u0000byte',
    'back\\..\\slash',
    'trailing.',
    'con:aux*?"<>|',
    '.meta/x',
    'a/.hashed/b',
  ])('keeps the key %j', async (key) => {
    const backend = await withBucket();

    await backend.write(BUCKET, key, bytes('x'), FACTS);

    expect((await backend.list(BUCKET, '')).map((record) => record.key)).toEqual([key]);
    expect(Buffer.from((await backend.read(BUCKET, key))?.body ?? [])).toEqual(bytes('x'));
    await backend.remove(BUCKET, key);
    expect(await backend.stat(BUCKET, key)).toBeUndefined();
  });

  it.each([
    ['a', 'a/b'],
    ['a/b', 'a'],
    ['a/b', 'a/b/c'],
    ['Case', 'case'],
    ['\u00e9', 'e\u0301'],
  ])('distinguishes %j and %j', async (first, second) => {
    const backend = await withBucket();
    await backend.write(BUCKET, first, bytes('first'), FACTS);
    await backend.write(BUCKET, second, bytes('second'), FACTS);

    const bodies = await Promise.all([first, second].map((key) => backend.read(BUCKET, key)));
    await backend.remove(BUCKET, first);

    expect(bodies.map((found) => Buffer.from(found?.body ?? []).toString())).toEqual(['first', 'second']); // oxfmt-ignore
    expect((await backend.list(BUCKET, '')).map(({ key }) => key)).toEqual([second]);
  });

  it('reads a large object in parts, also while it is replaced and deleted', async () => {
    const backend = await withBucket();
    const spool = createSpool(backend.drafts);
    const size = MAX_IN_MEMORY + 10;
    const large = async (fill: string) =>
      (await spool.receive(chunksOf(Buffer.alloc(size, fill)), size))!.payload;
    await backend.write(BUCKET, 'k', await large('a'), FACTS);

    const range = { start: size - 3, end: size - 1 };
    const part = await backend.open(BUCKET, 'k', () => range);
    const first = await backend.open(BUCKET, 'k');
    await backend.write(BUCKET, 'k', await large('b'), FACTS);
    const second = await backend.open(BUCKET, 'k');
    await backend.remove(BUCKET, 'k');

    expect(part).toMatchObject({ range });
    expect(Buffer.from(await allOf(part!.body)).toString()).toBe('aaa');
    for (const found of [first, second]) {
      const md5 = createHash('md5').update(await allOf(found!.body)).digest('hex'); // oxfmt-ignore
      expect(md5).toBe(found!.record.etag);
    }
    expect(await backend.open(BUCKET, 'k')).toBeUndefined();
  });

  it('opens nothing if the choice of a part is refused', async () => {
    const backend = await withBucket();
    await backend.write(BUCKET, 'k', bytes('abc'), FACTS);
    const refuse = () => {
      throw new Error('refused');
    };
    await expect(backend.open(BUCKET, 'k', refuse)).rejects.toThrow('refused');
    const part = await backend.open(BUCKET, 'k', () => ({ start: 1, end: 1 }));
    expect(Buffer.from(part?.body as Uint8Array).toString()).toBe('b');
  });

  it('lists its buckets and refuses others', async () => {
    const backend = create();
    await backend.createBucket('b-2');
    await backend.createBucket('b-1');
    await backend.createBucket('b-1');

    expect(backend.buckets().map((bucket) => bucket.name)).toEqual(['b-1', 'b-2']);
    expect(backend.buckets()[0]?.createdAt).toBeGreaterThan(Date.UTC(2026, 0, 1));
    const known = ['b-1', 'b-3', '..', '__proto__'].map((bucket) => backend.hasBucket(bucket));
    expect(await Promise.all(known)).toEqual([true, false, false, false]);
    await expect(backend.list('b-3', '')).rejects.toMatchObject({ code: 'NoSuchBucket' });
    await expect(backend.createBucket('../up')).rejects.toMatchObject({ code: 'InvalidBucketName' }); // oxfmt-ignore
  });

  it('is consistent with many simultaneous writers', async () => {
    const backend = await withBucket();
    const bodies = Array.from({ length: 20 }, (_, i) => bytes(String(i).repeat(i + 1)));

    const records = await Promise.all(
      bodies.map((body) => backend.write(BUCKET, 'dir/k', body, FACTS)),
    );

    const found = await backend.read(BUCKET, 'dir/k');
    expect(records).toContainEqual(found?.record);
    expect(createHash('md5').update(found?.body ?? bytes('')).digest('hex')).toBe(found?.record.etag); // oxfmt-ignore
  });

  it('agrees with a plain map after any changes', async () => {
    const key = fc.stringMatching(/^[ab/.]{1,4}$/);
    const change = fc.record({ key, body: fc.option(fc.string({ maxLength: 3 })) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        const backend = await withBucket();
        const model = new Map<string, string>();
        for (const { key, body } of changes) {
          if (body === null) await backend.remove(BUCKET, key);
          else await backend.write(BUCKET, key, bytes(body), FACTS);
          if (body === null) model.delete(key);
          else model.set(key, body);
        }

        const listed = await backend.list(BUCKET, '');
        expect(listed.map((record) => record.key)).toEqual([...model.keys()].sort(compareBytes));
        for (const [key, body] of model) {
          expect(Buffer.from((await backend.read(BUCKET, key))?.body ?? [])).toEqual(bytes(body));
        }
      }),
      { numRuns: name === 'memory' ? 100 : 20 },
    );
  });
});
