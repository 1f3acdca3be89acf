import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Preview } from '../../../lib/run/query/schemas/preview.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight } from '../support/cli-night.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describe('the text of a plan', () => {
  it('lists the first 20 phones of each kind, or all with --all, in submission order', async () => {
    const cli = await cliNight({ phones: 60, servers: 3 });
    await cli.night.putPolicy(NIGHTLY);

    const some = await cli.run('plan', 'nightly');
    const all = await cli.run('plan', 'nightly', '--all');
    const { phones } = JSON.parse((await cli.run('plan', 'nightly', '--json')).out) as Preview;

    const archives = phones
      .filter(({ plan }) => plan === 'export')
      .map(({ key }) => key?.split('/').at(-1));
    const archivesIn = (text: string) => text.match(/\w+-1\.tar/g);
    expect(archivesIn(some.out)).toEqual(archives.slice(0, 20));
    expect(some.out).toContain(`… and ${archives.length - 20} more: --all lists them`);
    expect(archivesIn(all.out)).toEqual(archives);
    expect(all.out).not.toContain('--all');
  });

  it('shows the commands that phones run around their exports', async () => {
    const cli = await cliNight({ phones: 3 });
    await cli.night.putPolicy(`${NIGHTLY}hooks: { before: [am force-stop com.a, sync] }\n`);
    const { out } = await cli.run('plan', 'nightly');
    expect(out).toMatch(/before +am force-stop com\.a; sync/);
    expect(out).not.toMatch(/^ +after /m);
  });

  it('shows what the last run with exports cost', async () => {
    const cli = await cliNight({ phones: 6, servers: 2 });
    await cli.night.putPolicy(NIGHTLY);
    const before = (await cli.run('plan', 'nightly')).out;
    expect(before).not.toContain('costs');
    expect(before.replace(/\s+/g, ' ')).toMatch(
      /month about \d+ GB-seconds, \d+ calls to CPH, \d+ calls to OBS \(30 runs, as measured for such fleets: docs\/scale\.md\)/,
    );
    const { report, phones } = await cli.night.settle(await cli.night.requestRun());

    const { out } = await cli.run('plan', 'nightly');
    const { costs } = JSON.parse((await cli.run('plan', 'nightly', '--json')).out) as Preview;

    expect(out).toMatch(new RegExp(`costs .* of archives, .*run ${report.run_id}`, 's'));
    expect(out.replace(/\s+/g, ' ')).toContain('(30 runs, as the last run)');
    expect(costs).toMatchObject({
      run_id: report.run_id,
      exported: report.counts.exported,
      archive_bytes: phones.reduce((sum, { size = 0 }) => sum + size, 0),
      function_ms: report.metrics?.function_ms,
    });
    const own = report.metrics?.calls.obs ?? {};
    const attempts = Object.values(own).reduce((sum, { ok, refused, throttled, failed }) => {
      return sum + ok + refused + throttled + failed;
    }, 0);
    expect(costs?.calls?.obs).toBe(attempts);
  });

  it('warns of a missed deadline, and says what to change', async () => {
    const cli = await cliNight({ phones: 60, servers: 2 });
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.settle(await cli.night.requestRun());
    await cli.night.putPolicy(NIGHTLY.replace('deadline: 2h', 'deadline: 1m'));

    const { code, out } = await cli.run('plan', 'nightly');

    expect(code).toBe(0);
    expect(out).toContain('warning: the run needs about');
    expect(out).toContain('max_in_flight_per_server');
  });
});
