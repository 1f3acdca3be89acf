import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { json, settledNight } from './settled-night.ts';

describe('archives extract', () => {
  const world = settledNight();
  const newFolder = () => mkdtemp(join(tmpdir(), 'phonevault-extract-'));
  const files = async () => {
    const all = await json<{ path: string; type: string; size: number }[]>(
      (await world).cli,
      ...['ls', 'game-0001'],
    );
    return all.filter(({ type }) => type === 'file');
  };

  it('writes every file that ls lists, below its path', async () => {
    const { cli } = await world;
    const listed = await files();
    const folder = await newFolder();
    const done = await json(cli, 'extract', 'game-0001', '-o', folder);
    const bytes = listed.reduce((sum, { size }) => sum + size, 0);
    expect(done).toMatchObject({ folder, files: listed.length, bytes, skipped: 0 });
    for (const { path, size } of listed) {
      expect(await readFile(join(folder, path))).toHaveLength(size);
    }
  });

  it('writes only what is at a path, and says how much', async () => {
    const { cli } = await world;
    const [{ path } = { path: '' }] = await files();
    const options = ['--path', `${path}/`, '-o', await newFolder()];
    const { code, out } = await cli.run('archives', 'extract', 'game-0001', ...options);
    expect([code, out]).toEqual([0, expect.stringMatching(/^1 file /)]);
  });

  it('fails when nothing is at the path', async () => {
    const { cli } = await world;
    const options = ['--path', '/data/none', '-o', await newFolder()];
    const { code } = await cli.run('archives', 'extract', 'game-0001', ...options);
    expect(code).toBe(1);
  });
});
