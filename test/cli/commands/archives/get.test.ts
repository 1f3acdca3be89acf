import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changes, newest, settledNight } from './settled-night.ts';

describe('archives get', () => {
  // It changes nothing in the cloud: one world serves all who only read.
  const world = settledNight();

  it('downloads an archive to its last byte, and once', async () => {
    const { cli, run, folder } = await world;
    const { code, out } = await cli.run('archives', 'get', 'game-0001', '-o', folder);
    expect(out).toMatch(/game-0001-nightly-.*\.tar: .*, \d+ files, read to its end\n +backed up/);
    expect(code).toBe(0);
    const archive = await newest(cli);
    const held = await readFile(join(folder, `game-0001-${run}.tar`));
    const there = await cli.night.cloud.backend.read(archive.bucket, archive.key);
    expect(held.equals(there?.body ?? Buffer.alloc(0))).toBe(true);
    expect((await cli.run('archives', 'get', 'game-0001', '-o', folder)).out).toContain('already');
  });

  it('creates the folder', async () => {
    const { cli, run, folder } = await world;
    const there = join(folder, 'new', 'one');
    expect((await cli.run('archives', 'get', 'game-0001', '-o', there)).code).toBe(0);
    expect(await readdir(there)).toEqual([`game-0001-${run}.tar`]);
  });

  it('prints the archive, its file and its content as JSON', async () => {
    const { cli, run, folder } = await world;
    const { out } = await cli.run('archives', 'get', 'game-0001', '-o', folder, '--json');
    const file = join(folder, `game-0001-${run}.tar`);
    expect(JSON.parse(out)).toMatchObject({ phone_name: 'game-0001', run_id: run, file });
  });

  it.each(['get', 'ls', 'extract'])('%s fails for an unknown phone', async (command) => {
    const { cli } = await world;
    const { code, err } = await cli.run('archives', command, 'game-9999');
    expect(code).toBe(1);
    expect(err).toMatch(/no archive belongs to a phone/);
  });

  it.each([
    ['--run', 'nightly-1'],
    ['--policy', 'weekly'],
    ['--at', '2020-01-01'],
  ])('fails when no archive matches %s %s', async (...option) => {
    const { cli } = await world;
    const { code, err } = await cli.run('archives', 'get', 'game-0001', ...option);
    expect(code).toBe(1);
    expect(err.replaceAll(/\s+/g, ' ')).toContain('no good archive of game-0001 matches');
  });

  it.each(changes)('leaves no file of an archive that is %s', async (_, change) => {
    const { cli, folder } = await settledNight();
    await change(cli, await newest(cli));
    const got = await cli.run('archives', 'get', 'game-0001', '-o', folder);
    expect(got).toMatchObject({ code: 1, out: '' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tar'))).toEqual([]);
  });
});
