import { describe, expect, it } from 'vitest';
import { type Entry, readEntries } from '../../../lib/run/archive/read-entries.ts';
import { tarOf } from './tars.ts';

const LONG = `data/${'long-name/'.repeat(30)}end`;

const sample = () =>
  tarOf({
    'data/data/app/': { type: 'directory' },
    'data/data/app/a.txt': { text: 'hello', uid: 10_086 },
    'data/data/app/link': { type: 'symlink', linkname: '/etc/passwd' },
    [LONG]: { text: 'x'.repeat(3_000) },
  });

/** Yields bytes in chunks of a size. */
async function* chunksOf(bytes: Uint8Array, size = bytes.length || 1) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('readEntries', () => {
  it.each([1, 511, 512, 100_000])('visits all entries of chunks of %i bytes', async (size) => {
    const seen: Pick<Entry, 'path' | 'type'>[] = [];
    const summary = await readEntries(chunksOf(await sample(), size), ({ path, type }) => {
      seen.push({ path, type });
    });
    expect(summary).toEqual({ entries: 4, files: 2, bytes: 3_005 });
    expect(seen).toEqual([
      { path: '/data/data/app', type: 'directory' },
      { path: '/data/data/app/a.txt', type: 'file' },
      { path: '/data/data/app/link', type: 'symlink' },
      { path: `/${LONG}`, type: 'file' },
    ]);
  });

  it('hands out the content, and skips what is not read', async () => {
    const texts: string[] = [];
    await readEntries(chunksOf(await sample(), 100), async ({ path }, content) => {
      if (!path.endsWith('a.txt')) return;
      for await (const bytes of content) texts.push(Buffer.from(bytes).toString());
    });
    expect(texts.join('')).toBe('hello');
  });

  it.each([
    ['is cut within a file', async () => (await sample()).subarray(0, 4_000)],
    ['is cut before its end', async () => (await sample()).subarray(0, -1_024)],
    ['is cut within its end', async () => (await sample()).subarray(0, -512)],
    ['is empty', async () => Buffer.alloc(0)],
    ['is text', async () => Buffer.from('<Error>no</Error>'.repeat(100))],
    ['is compressed', async () => Buffer.from('1f8b0800'.repeat(600), 'hex')],
    [
      'has a damaged header',
      async () => {
        const bytes = await sample();
        bytes[513] = (bytes[513] ?? 0) ^ 1;
        return bytes;
      },
    ],
  ])('refuses an archive that %s', async (_, make) => {
    await expect(readEntries(chunksOf(await make(), 700))).rejects.toMatchObject({
      ...{ code: 'archive_broken', hint: expect.stringContaining('--at') as unknown },
    });
  });

  it('passes on the error of the source and of the visitor', async () => {
    const source = async function* () {
      yield (await sample()).subarray(0, 700);
      throw new Error('the network');
    };
    await expect(readEntries(source())).rejects.toThrow('the network');
    const visit = () => {
      throw new Error('the disk');
    };
    await expect(readEntries(chunksOf(await sample()), visit)).rejects.toThrow('the disk');
  });
});
