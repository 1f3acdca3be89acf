import { describe, expect, it } from 'vitest';
import { json, settledNight } from './settled-night.ts';

type Entry = { path: string; type: string; size: number; uid: number; modified: string | null };

describe('archives ls', () => {
  const world = settledNight();
  const all = async () => json<Entry[]>((await world).cli, 'ls', 'game-0001');

  it('lists every entry of the archive, as JSON and as lines', async () => {
    const { cli } = await world;
    const entries = await all();
    const files = entries.filter(({ type }) => type === 'file');
    expect(files.length).toBeGreaterThan(3);
    const { code, out } = await cli.run('archives', 'ls', 'game-0001');
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines).toHaveLength(entries.length);
    for (const [index, { path, type }] of entries.entries()) {
      expect(lines[index]?.endsWith(type === 'directory' ? `  ${path}/` : `  ${path}`)).toBe(true);
    }
  });

  it('lists only what is at or below a path', async () => {
    const [{ path } = { path: '' }] = (await all()).filter(({ type }) => type === 'file');
    const { cli } = await world;
    expect(await json(cli, 'ls', 'game-0001', '--path', path)).toMatchObject([{ path }]);
    const folder = path.slice(0, path.lastIndexOf('/'));
    const below = await json<Entry[]>(cli, 'ls', 'game-0001', '--path', folder);
    expect(below.map((entry) => entry.path)).toContain(path);
    expect(below.every((entry) => `${entry.path}/`.startsWith(`${folder}/`))).toBe(true);
  });

  it('fails when nothing is at the path, with valid JSON', async () => {
    const { cli } = await world;
    const argv = ['archives', 'ls', 'game-0001', '--path', '/data/none'];
    const nothing = await cli.run(...argv);
    expect([nothing.code, nothing.out]).toEqual([1, '']);
    expect(nothing.err).toMatch(/^none of \d+/);
    expect(await cli.run(...argv, '--json')).toMatchObject({ code: 1, out: '[]' });
  });

  it('refuses a path that does not begin with a slash', async () => {
    const { cli } = await world;
    expect((await cli.run('archives', 'ls', 'game-0001', '--path', 'data')).code).toBe(2);
  });
});
