import { beforeAll, describe, expect, it } from 'vitest';
import { ServiceError, TimeUp } from '../../../lib/errors.ts';
import type { ReadPosition } from '../../../lib/ledger/run/events.ts';
import { verifyArchive, verifyPart } from '../../../lib/run/archive/verify-archive.ts';
import { stored, tarOf } from './tars.ts';

const bytes = await tarOf({
  'data/data/app/a.txt': { text: 'hello' },
  'data/media/0/': { type: 'directory' },
});

const verify = (include: string[], { archive, archives } = stored(bytes)) =>
  verifyArchive(archives, { ...archive, include });

const refused = (code: 'access_denied' | 'throttled' | 'conflict') => {
  const facts = { service: 'obs', operation: 'GetObject', carriedOut: 'no' } as const;
  return {
    ...stored(bytes),
    archives: { range: () => Promise.reject(new ServiceError(code, 'refused', facts)) },
  };
};

describe('verifyArchive', () => {
  it('counts what an archive holds, and names the included paths that it lacks', async () => {
    const include = ['/data/data', '/data/media/0', '/data/data/ap*', '/data/app', '/data/data/b*'];
    expect(await verify(include)).toEqual({
      ...{ result: 'ok', entries: 2, files: 1, bytes: 5 },
      absent: ['/data/app', '/data/data/b*'],
    });
  });

  it.each([
    ['changed', () => stored(bytes, { etag: '0'.repeat(32) })],
    ['changed', () => refused('conflict')],
    ['broken', () => stored(bytes.subarray(0, 1_000))],
    ['unreadable', () => refused('access_denied')],
  ])('returns %s as a result', async (result, bucket) => {
    expect(await verify([], bucket())).toMatchObject({ result });
  });

  it('throws what concerns more than one archive', async () => {
    const throttled = refused('throttled') as unknown as ReturnType<typeof stored>;
    await expect(verify([], throttled)).rejects.toMatchObject({ code: 'throttled' });
  });

  it('reports what it reads', async () => {
    const { archive, archives } = stored(bytes);
    let read = 0;
    await verifyArchive(archives, { ...archive, include: [] }, (more) => (read += more));
    expect(read).toBe(bytes.length);
  });
});

describe('verifyPart', () => {
  const MB = 1024 * 1024;
  /** Three files, of which the second is larger than four parts. */
  let large: Buffer = Buffer.alloc(0);
  beforeAll(async () => {
    large = await tarOf({
      'data/data/a': { text: 'a'.repeat(9 * MB) },
      'data/data/b': { text: 'b'.repeat(35 * MB) },
      'data/media/c': { text: 'c' },
    });
  });

  it('reads a large archive in parts, and counts each entry once', async () => {
    const { archive, archives, parts } = stored(large);
    const include = ['/data/data', '/data/media', '/data/app'];
    const ends: number[] = [];
    let from: ReadPosition | undefined;
    let verified: Awaited<ReturnType<typeof verifyPart>>;
    do {
      // As it is stored between two drives.
      from = from && (JSON.parse(JSON.stringify(from)) as ReadPosition);
      verified = await verifyPart(archives, { ...archive, include }, { from, isOver: () => true });
      if ('position' in verified) ends.push((from = verified.position).read);
    } while ('position' in verified);
    expect(verified).toEqual({
      ...{ result: 'ok', entries: 3, files: 3, bytes: 44 * MB + 1, absent: ['/data/app'] },
    });
    // In the middle of the second file.
    expect(ends).toEqual([24 * MB]);
    // What was counted is not read again.
    expect(parts.length).toBeLessThan(Math.ceil(large.length / (8 * MB)) + 2 * ends.length + 1);
  });

  it('finds damage in a later part', async () => {
    const tar = Buffer.from(large);
    tar.fill(7, 44 * MB + 512, 44 * MB + 2_048);
    const { archive, archives } = stored(tar);
    const wanted = { ...archive, include: [] };
    const first = await verifyPart(archives, wanted, { isOver: () => true });
    if (!('position' in first)) throw new Error('read at once');
    const rest = await verifyPart(archives, wanted, { from: first.position });
    expect(rest).toMatchObject({ result: 'broken' });
  });

  it('goes on from the position when the time is up in the middle of a call', async () => {
    const { archive, archives } = stored(large);
    let calls = 0;
    const ending: typeof archives = {
      range: (...args) => {
        calls += 1;
        return calls > 5 ? Promise.reject(new TimeUp()) : archives.range(...args);
      },
    };
    const wanted = { ...archive, include: [] };
    const first = await verifyPart(ending, wanted, {});
    if (!('position' in first)) throw new Error('read at once');
    expect(first.position.entries).toBeGreaterThan(0);
    expect(await verifyPart(archives, wanted, { from: first.position })).toMatchObject({
      ...{ result: 'ok', entries: 3 },
    });
  });
});
