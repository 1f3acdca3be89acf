import { mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extractInto, isAtOrBelow } from '../../../cli/archive/extract-entries.ts';
import { readEntries } from '../../../lib/run/archive/read-entries.ts';
import { tarOf } from '../../run/archive/tars.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'phonevault-extract-'));

async function extract(folder: string, entries: Parameters<typeof tarOf>[0], path = '/') {
  const { visit, done } = extractInto(folder, path);
  const bytes = await tarOf(entries);
  const chunks = async function* () {
    yield bytes;
  };
  await readEntries(chunks(), visit);
  return done;
}

const PHONE = {
  'data/data/app/': { type: 'directory' },
  'data/data/app/a.txt': { text: 'hello', mtime: new Date('2026-01-02T03:04:05Z') },
  'data/data/app/link': { type: 'symlink', linkname: '/etc' },
  'data/data/apple/b.txt': { text: 'other' },
} as const;

describe('extractInto', () => {
  it('writes files with the folders and times of the phone, and leaves out links', async () => {
    const folder = await newFolder();
    expect(await extract(folder, PHONE)).toEqual({ files: 2, bytes: 10, skipped: 1 });
    const file = join(folder, 'data/data/app/a.txt');
    expect(await readFile(file, 'utf8')).toBe('hello');
    expect((await stat(file)).mtime).toEqual(new Date('2026-01-02T03:04:05Z'));
  });

  it('writes only what is at a path or below it', async () => {
    const folder = await newFolder();
    expect(await extract(folder, PHONE, '/data/data/app')).toMatchObject({ files: 1 });
    expect(await readdir(join(folder, 'data/data'))).toEqual(['app']);
  });

  it.each(['../evil.txt', 'data/../../evil.txt', 'data/./x'])(
    'refuses an entry named %s',
    async (name) => {
      const folder = await newFolder();
      const error = await extract(folder, { [name]: { text: 'x' } }).catch((e: unknown) => e);
      expect(error).toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('unsafe') as unknown,
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('never writes through a link that was there before', async () => {
    const [folder, elsewhere] = [await newFolder(), await newFolder()];
    await symlink(elsewhere, join(folder, 'data'));
    await expect(extract(folder, PHONE)).rejects.toMatchObject({ code: 'conflict' });
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it('never overwrites a file', async () => {
    const folder = await newFolder();
    await extract(folder, PHONE);
    const file = join(folder, 'data/data/app/a.txt');
    await writeFile(file, 'mine');
    await expect(extract(folder, PHONE)).rejects.toMatchObject({
      ...{ code: 'conflict', message: expect.stringContaining('exists already') as unknown },
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
  });
});

it.each([
  ['/data', '/', true],
  ['/data', '/data', true],
  ['/data/a', '/data', true],
  ['/database', '/data', false],
])('%s is at or below %s: %s', (path, folder, expected) => {
  expect(isAtOrBelow(path, folder)).toBe(expected);
});
