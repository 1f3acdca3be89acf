import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../lib/errors.ts';
import { readArchive } from '../../../lib/run/archive/read-archive.ts';
import { md5, stored } from './tars.ts';

const MIB = 1024 * 1024;
const bytes = Buffer.alloc(20 * MIB + 7, 'phonevault');

type Options = Parameters<typeof readArchive>[2];

async function readAll({ archives, archive }: ReturnType<typeof stored>, options: Options = {}) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readArchive(archives, archive, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const failing = (code: 'conflict' | 'not_found' | 'access_denied', serviceCode?: string) => {
  const facts = { service: 'obs', operation: 'GetObject', serviceCode, carriedOut: 'no' } as const;
  const range = () => Promise.reject(new ServiceError(code, 'refused', facts));
  return { ...stored(bytes), archives: { range } };
};

async function* heldBytes(held: number) {
  yield bytes.subarray(0, held);
}

describe('readArchive', () => {
  it('yields all bytes in parts of 8 MiB', async () => {
    const bucket = stored(bytes);
    expect((await readAll(bucket)).equals(bytes)).toBe(true);
    expect(bucket.parts).toEqual([0, 8 * MIB, 16 * MIB]);
  });

  it('reads at most one part ahead of its reader', async () => {
    const bucket = stored(bytes);
    const chunks = readArchive(bucket.archives, bucket.archive);
    await chunks.next();
    expect(bucket.parts).toEqual([0, 8 * MIB]);
    await chunks.return(undefined);
  });

  it.each([1, 8 * MIB, bytes.length - 1])('goes on after %i known bytes', async (held) => {
    const bucket = stored(bytes);
    const known = { size: held, bytes: heldBytes(held) };
    expect((await readAll(bucket, { known })).equals(bytes)).toBe(true);
    expect(bucket.parts[0]).toBe(held);
  });

  it('asks the bucket even when all bytes are known', async () => {
    const bucket = stored(bytes);
    const known = { size: bytes.length, bytes: heldBytes(bytes.length) };
    expect((await readAll(bucket, { known })).equals(bytes)).toBe(true);
    expect(bucket.parts).toEqual([bytes.length - 1]);
  });

  it('notices bytes that do not match the digest', async () => {
    const other = stored(bytes, { etag: md5(Buffer.from('other')) });
    await expect(readAll(other)).rejects.toMatchObject({ code: 'archive_changed' });
  });

  it.each([
    ['an encrypted object', { etag: md5(Buffer.from('other')), encrypted: true }],
    ['an object in parts', { etag: `${md5(bytes)}-3` }],
  ])('knows that the ETag of %s is no digest', async (_, changes) => {
    expect(await readAll(stored(bytes, changes))).toHaveLength(bytes.length);
  });

  it.each([
    ['conflict', undefined, { code: 'archive_changed' }],
    [
      'not_found',
      undefined,
      { code: 'not_found', message: expect.stringContaining('a.tar') as unknown },
    ],
    [
      'access_denied',
      'InvalidObjectState',
      { message: expect.stringContaining('cold storage') as unknown },
    ],
    ['access_denied', 'AccessDenied', { code: 'access_denied', message: 'refused' }],
  ] as const)('says what %s (%s) means', async (code, serviceCode, error) => {
    await expect(readAll(failing(code, serviceCode))).rejects.toMatchObject(error);
  });
});
