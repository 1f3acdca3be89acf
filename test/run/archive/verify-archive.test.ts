import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../lib/errors.ts';
import { verifyArchive } from '../../../lib/run/archive/verify-archive.ts';
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
