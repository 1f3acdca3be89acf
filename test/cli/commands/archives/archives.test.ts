import { describe, expect, it } from 'vitest';
import type { ArchiveView } from '../../../../lib/run/query/schemas/archive.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { type CliNight, cliNight } from '../../support/cli-night.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

/** Two settled nights of six phones. */
async function nights() {
  const cli = await cliNight();
  await cli.night.putPolicy(NIGHTLY);
  const runs = [];
  for (let n = 0; n < 2; n += 1) {
    const run = await cli.night.requestRun();
    await cli.night.settle(run);
    cli.night.clock.move(3_600_000);
    runs.push(run);
  }
  return { cli, runs };
}

const listed = async (cli: CliNight, ...argv: string[]): Promise<ArchiveView[]> =>
  JSON.parse((await cli.run('archives', ...argv, '--json')).out) as ArchiveView[];

describe('archives', () => {
  // Listing changes nothing: one world serves all who only look.
  const world = nights();

  it('lists verified archives, newest first', async () => {
    const { cli } = await world;
    const all = await listed(cli);
    expect(all).toHaveLength(12);
    const times = all.map(({ verified_at }) => verified_at);
    expect(times).toEqual([...times].sort().reverse());
    const { code, out } = await cli.run('archives');
    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(13);
    expect(out).toMatch(/^phone +policy +age +size +image +flags +archive\n/);
  });

  it('lists the archives of a phone by its name or id, and until some time', async () => {
    const { cli, runs } = await world;
    const own = await listed(cli, 'game-0001');
    expect(own.map(({ run_id }) => run_id)).toEqual([...runs].reverse());
    expect(await listed(cli, own[0]?.phone_id ?? '')).toEqual(own);
    const at = own[1]?.verified_at ?? '';
    expect(await listed(cli, 'game-0001', '--at', at)).toEqual([own[1]]);
  });

  it('says how to see more', async () => {
    const { cli } = await world;
    const { out, err } = await cli.run('archives', '--limit', '2');
    expect(out.split('\n')).toHaveLength(3);
    expect(err).toContain('--limit');
    expect(await listed(cli, '--limit', '2')).toHaveLength(2);
  });

  it('fails for an unknown policy', async () => {
    const { cli } = await world;
    const { code, err } = await cli.run('archives', '--policy', 'weekly');
    expect([code, err]).toEqual([1, expect.stringContaining('policy weekly does not exist')]);
  });

  it('fails for an unknown phone', async () => {
    const { cli } = await world;
    const { code, err } = await cli.run('archives', 'game-9999');
    expect(code).toBe(1);
    expect(err.replaceAll(/\s+/g, ' ')).toMatch(/error: no archive belongs to a phone .*hint:/);
  });

  it('rebuilds the catalogue', async () => {
    const { cli, runs } = await nights();
    const before = await listed(cli);
    const { store } = cli.night.invocation().deps;
    await store.remove((await store.list('phones/')).map(({ key }) => key));
    expect(await listed(cli)).toEqual([]);
    const [first = ''] = [...runs].sort();
    const { err } = await cli.run('archives', '--rebuild', first);
    expect(err.replaceAll(/\s+/g, ' ')).toContain('6 archives of 1 settled run');
    await cli.run('archives', '--rebuild');
    expect(await listed(cli)).toEqual(before);
  });

  it('names a shard that cannot be used, and lists the rest', async () => {
    const { cli } = await nights();
    await cli.night.invocation().deps.store.put('phones/nightly/0000000000001.p.json', 'broken');
    const { code, err } = await cli.run('archives', '--json');
    expect(code).toBe(0);
    expect(err).toMatch(/unreadable +phones\/nightly\/0000000000001.p.json is not JSON/);
  });
});
