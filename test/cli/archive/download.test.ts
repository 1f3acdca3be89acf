import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { download } from '../../../cli/archive/download.ts';
import { md5, stored, tarOf } from '../../run/archive/tars.ts';

const bytes = await tarOf({ 'data/a.txt': { text: 'hello'.repeat(400) } });

async function place(bucket = stored(bytes)) {
  const folder = await mkdtemp(join(tmpdir(), 'phonevault-get-'));
  const file = join(folder, 'phone.tar');
  let read = 0;
  const progress = { add: (more: number) => void (read += more), stop: () => undefined };
  return {
    ...{ folder, file, bucket, part: `${file}.${bucket.archive.etag}.part` },
    read: () => read,
    get: () => download(bucket.archives, bucket.archive, file, progress),
  };
}

describe('download', () => {
  it('writes the archive under its name once it is whole', async () => {
    const { folder, file, get, read } = await place();
    expect(await get()).toEqual({ entries: 1, files: 1, bytes: 2_000, held: 0 });
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect(await readdir(folder)).toEqual(['phone.tar']);
    expect(read()).toBe(bytes.length);
  });

  it.each([0, 1, 700, bytes.length])('goes on after %i bytes', async (held) => {
    const { file, part, bucket, get } = await place();
    await writeFile(part, bytes.subarray(0, held));
    expect(await get()).toMatchObject({ held });
    expect(bucket.parts).toEqual([Math.min(held, bytes.length - 1)]);
    expect((await readFile(file)).equals(bytes)).toBe(true);
  });

  it('cuts off what is too much', async () => {
    const { file, part, get } = await place();
    await writeFile(part, Buffer.concat([bytes, Buffer.from('more')]));
    await get();
    expect((await readFile(file)).equals(bytes)).toBe(true);
  });

  it('begins again after bytes that were wrong', async () => {
    const { file, part, get } = await place();
    await writeFile(part, Buffer.alloc(700, 'x'));
    await expect(get()).rejects.toMatchObject({ code: 'archive_broken' });
    expect(await readFile(part, 'utf8')).toBe('');
    await writeFile(part, await tarOf({ 'data/a.txt': { text: 'HELLO'.repeat(400) } }));
    await expect(get()).rejects.toMatchObject({ code: 'archive_changed' });
    expect(await get()).toMatchObject({ held: 0 });
    expect((await readFile(file)).equals(bytes)).toBe(true);
  });

  it('only checks a file that is there already', async () => {
    const { file, bucket, get } = await place();
    await get();
    bucket.parts.length = 0;
    expect(await get()).toMatchObject({ held: bytes.length, files: 1 });
    expect(bucket.parts).toEqual([bytes.length - 1]);
    await writeFile(file, 'another file');
    await expect(get()).rejects.toMatchObject({ code: 'conflict' });
    expect(await readFile(file, 'utf8')).toBe('another file');
  });

  it('keeps the bytes of an archive that is no tar, and does not name them an archive', async () => {
    const text = Buffer.from('no tar'.repeat(200));
    const { folder, get } = await place(stored(text));
    await expect(get()).rejects.toMatchObject({ code: 'archive_broken' });
    expect(await readdir(folder)).toEqual([`phone.tar.${md5(text)}.part`]);
  });
});
