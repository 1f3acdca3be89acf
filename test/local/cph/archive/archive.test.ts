import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  applyEntries,
  packArchive,
  selectEntries,
  unpackArchive,
} from '../../../../local/cph/archive/archive.ts';
import { generateFiles } from '../../../../local/cph/archive/phone-files.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const FILES = new Map([
  ['/data/data/a/x', bytes('1')],
  ['/data/data/a/cache/y', bytes('2')],
  ['/data/data/b/z', new Uint8Array()],
  ['/data/media/0/m', bytes('3')],
]);

describe('selectEntries', () => {
  it.each([
    [['/data/data'], [], 'data data/a data/a/cache data/a/cache/y data/a/x data/b data/b/z'],
    [['/data/data'], ['/data/data/a/cache', '/data/data/b*'], 'data data/a data/a/x'],
    [['/data/data/a/x'], [], 'data/a/x'],
    [['/data/data/a/x', '/data/none'], [], 'data/a/x'],
    [['/data/data/a', '/data/data/a/x'], ['/data/data/a'], ''],
  ])('selects from %j without %j', (include, exclude, expected) => {
    const entries = selectEntries(FILES, include, exclude);
    expect(entries?.map(({ path }) => path.replace('/data/', '')).join(' ')).toBe(expected);
  });

  it('returns undefined if no listed path exists', () => {
    expect(selectEntries(FILES, ['/data/none', '/cache'], [])).toBeUndefined();
  });
});

describe('packArchive', () => {
  const files = generateFiles({
    seed: 1,
    phoneId: 'p',
    generation: 1,
    imageVersion: 'AOSP 11.0',
    style: 'rich',
  });
  const uidOf = (path: string) => path.length;

  it('writes a tar that the system’s tar unpacks to the same bytes', async () => {
    const archive = await packArchive(selectEntries(files, ['/data', '/cache'], []) ?? [], uidOf);
    const folder = mkdtempSync(join(tmpdir(), 'archive-'));
    try {
      execFileSync('tar', ['-xf', '-', '-C', folder], { input: archive });
      for (const [path, data] of files) {
        expect(readFileSync(join(folder, path)).equals(Buffer.from(data)), path).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('writes the same bytes for the same entries, and unpacks them', async () => {
    const entries = selectEntries(files, ['/data'], []) ?? [];
    const archive = await packArchive(entries, uidOf);
    expect(Buffer.compare(archive, await packArchive(entries, uidOf))).toBe(0);
    const hex = (list: typeof entries) =>
      list.map(({ path, data }) => [path, data && Buffer.from(data).toString('hex')]);
    const unpacked = await unpackArchive(archive);
    expect(hex(unpacked)).toEqual(hex(entries));
    expect(unpacked.map(({ uid }) => uid)).toEqual(entries.map(({ path }) => path.length));
  });

  it.each([
    ['truncated', 2_000],
    ['truncated in the first block', 100],
  ])('refuses an archive that is %s', async (_, length) => {
    const archive = await packArchive(selectEntries(files, ['/data'], []) ?? [], uidOf);
    await expect(unpackArchive(archive.subarray(0, length))).rejects.toThrow();
  });
});

describe('applyEntries', () => {
  const ENTRIES = [
    { path: '/data/data/a', data: undefined },
    { path: '/data/data/a/new', data: bytes('n') },
    { path: '/data/media/0/m', data: bytes('changed') },
  ];
  const applied = (mode: 'merge' | 'replace') =>
    [...applyEntries(FILES, ENTRIES, mode)]
      .map(([path, data]) => [path, Buffer.from(data).toString()])
      .sort();

  it('leaves what the archive lacks when it merges', () => {
    const before = [...FILES.keys()].filter((path) => path !== '/data/media/0/m');
    expect(applied('merge').map(([path]) => path)).toEqual(
      [...before, '/data/data/a/new', '/data/media/0/m'].sort(),
    );
  });

  it('replaces archived directories with all their content when it replaces', () => {
    expect(applied('replace')).toEqual([
      ['/data/data/a/new', 'n'],
      ['/data/data/b/z', ''],
      ['/data/media/0/m', 'changed'],
    ]);
  });
});
