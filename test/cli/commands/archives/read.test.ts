import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ArchiveView } from '../../../../lib/run/query/schemas/archive.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { type CliNight, cliNight } from '../../support/cli-night.ts';

/** A settled night of three phones. */
async function settledNight() {
  const cli = await cliNight({ phones: 3 });
  await cli.night.putPolicy(NIGHTLY);
  const run = await cli.night.requestRun();
  await cli.night.settle(run);
  const folder = await mkdtemp(join(tmpdir(), 'phonevault-read-'));
  return { cli, run, folder };
}

const json = async <T>(cli: CliNight, ...argv: string[]): Promise<T> =>
  JSON.parse((await cli.run('archives', ...argv, '--json')).out) as T;

const first = async (cli: CliNight): Promise<ArchiveView> => {
  const [archive] = await json<ArchiveView[]>(cli, 'game-0001');
  if (archive === undefined) throw new Error('no archive');
  return archive;
};

describe('archives get, ls, extract and verify', () => {
  // They change nothing in the cloud: one world serves all who only read.
  const world = settledNight();

  it('downloads an archive to its last byte', async () => {
    const { cli, run, folder } = await world;
    const { code, out } = await cli.run('archives', 'get', 'game-0001', '-o', folder);
    expect(out).toMatch(/game-0001-nightly-.*\.tar: .*, \d+ files, read to its end\n +backed up/);
    expect(code).toBe(0);
    const archive = await first(cli);
    const held = await readFile(join(folder, `game-0001-${run}.tar`));
    const there = await cli.night.cloud.backend.read(archive.bucket, archive.key);
    expect(held.equals(there?.body ?? Buffer.alloc(0))).toBe(true);
    expect((await cli.run('archives', 'get', 'game-0001', '-o', folder)).out).toContain('already');
  });

  it('lists and extracts the same files', async () => {
    const { cli } = await world;
    const all = await json<{ path: string; type: string; size: number }[]>(cli, 'ls', 'game-0001');
    const files = all.filter(({ type }) => type === 'file');
    expect(files.length).toBeGreaterThan(3);
    const folder = await mkdtemp(join(tmpdir(), 'phonevault-read-'));
    const done = await json(cli, 'extract', 'game-0001', '-o', folder);
    expect(done).toMatchObject({ files: files.length, skipped: 0 });
    for (const { path, size } of files) {
      expect(await readFile(join(folder, path))).toHaveLength(size);
    }
    const lines = (await cli.run('archives', 'ls', 'game-0001')).out.split('\n');
    expect(lines).toHaveLength(all.length);
  });

  it('takes only what is at a path', async () => {
    const { cli, folder } = await world;
    const [{ path } = { path: '' }] = (
      await json<{ path: string; type: string }[]>(cli, 'ls', 'game-0001')
    ).filter(({ type }) => type === 'file');
    expect(await json(cli, 'ls', 'game-0001', '--path', path)).toMatchObject([{ path }]);
    const options = ['--path', `${path}/`, '-o', folder];
    expect((await cli.run('archives', 'extract', 'game-0001', ...options)).out).toMatch(/^1 file /);
    const nothing = await cli.run('archives', 'ls', 'game-0001', '--path', '/data/none');
    expect(nothing).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^none of \d+/) as unknown,
    });
    expect((await cli.run('archives', 'ls', 'game-0001', '--path', 'data')).code).toBe(2);
  });

  it('verifies archives to their end', async () => {
    const { cli, run } = await world;
    const { code, out } = await cli.run('archives', 'verify');
    expect(out).toMatch(
      /^(ok  game-000\d  nightly  .* files\n){3}3 archives of 3 read to the end$/,
    );
    expect(code).toBe(0);
    const results = await json<{ result: string; run_id: string }[]>(cli, 'verify', 'game-0001');
    expect(results).toMatchObject([{ result: 'ok', run_id: run, absent: [] }]);
  });

  it.each(['get', 'ls', 'extract', 'verify'])('%s fails for an unknown phone', async (command) => {
    const { cli } = await world;
    const { code, err } = await cli.run('archives', command, 'game-9999');
    expect(code).toBe(1);
    expect(err).toMatch(/no archive belongs to a phone/);
  });

  it.each([
    [['--run', 'nightly-1'], /no good archive of game-0001 matches/],
    [['--policy', 'weekly'], /no good archive of game-0001 matches/],
    [['--at', '2020-01-01'], /no good archive of game-0001 matches/],
  ])('says that nothing matches %j', async (options, text) => {
    const { cli } = await world;
    const { code, err } = await cli.run('archives', 'get', 'game-0001', ...options);
    expect([code, err.replaceAll(/\s+/g, ' ')]).toEqual([1, expect.stringMatching(text)]);
  });
});

describe('an archive that is not as it was', () => {
  it.each([
    [
      'changed',
      (cli: CliNight, a: ArchiveView) =>
        cli.night.cloud.backend.write(a.bucket, a.key, new Uint8Array(a.size), { lastModified: 0 }),
    ],
    ['missing', (cli: CliNight, a: ArchiveView) => cli.night.cloud.backend.remove(a.bucket, a.key)],
  ])('is %s', async (result, change) => {
    const { cli, folder } = await settledNight();
    await change(cli, await first(cli));
    const verified = await cli.run('archives', 'verify', 'game-0001', '--json');
    expect(verified.code).toBe(1);
    expect(JSON.parse(verified.out)).toMatchObject([
      { result, hint: expect.any(String) as unknown },
    ]);
    const got = await cli.run('archives', 'get', 'game-0001', '-o', folder);
    expect(got).toMatchObject({ code: 1, out: '' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tar'))).toEqual([]);
  });
});
