import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInput } from '../../../cli/io/read-text.ts';

const MAX = 100;
let folder: string;
const io = () => ({ cwd: folder, readStdin: async () => 'from stdin' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phonevault-'));
  await writeFile(join(folder, 'good'), '云: 1\r\n');
  await writeFile(join(folder, 'marked'), '\uFEFFa: 1');
  await writeFile(join(folder, 'latin'), Buffer.from([0x61, 0xe9]));
  await writeFile(join(folder, 'wide'), Buffer.from('\uFEFFa', 'utf16le'));
  await writeFile(join(folder, 'large'), '');
  await truncate(join(folder, 'large'), 50_000_000);
  await mkdir(join(folder, 'folder'));
  execFileSync('mkfifo', [join(folder, 'fifo')]);
});
afterAll(() => rm(folder, { recursive: true }));

describe('readInput', () => {
  it.each([
    ['good', '云: 1\r\n'],
    ['marked', '\uFEFFa: 1'],
    ['-', 'from stdin'],
  ])('reads %s as it is', async (file, text) => {
    expect(await readInput(io(), file, MAX)).toBe(text);
  });

  it.each([
    ['absent', 'does not exist'],
    ['good/below', 'does not exist'],
    ['folder', 'is a directory'],
    ['fifo', 'is not a file'],
    ['/dev/null', 'is not a file'],
    ['large', 'is too large: 50.0 MB, at most 100 B'],
    ['latin', 'is not UTF-8 text'],
    ['wide', 'is UTF-16'],
  ])('says that %s %s', async (file, message) => {
    await expect(readInput(io(), file, MAX)).rejects.toThrow(message);
  });

  it('stops reading a file that grows beyond its size', async () => {
    await expect(readInput(io(), '/proc/self/environ', 1)).rejects.toThrow('is too large');
  });
});
