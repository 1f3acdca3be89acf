import { describe, expect, it } from 'vitest';
import type {
  ExportCall,
  LogLine,
  RunPhone,
  RunSummary,
  RunView,
} from '../../../lib/run/query/schemas.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { type CliNight, cliNight } from '../support/cli-night.ts';

const HOUR = 3_600_000;

/** A policy with a run that has settled 20 hours ago, and one that is open. */
async function withRuns(options: Parameters<typeof cliNight>[0] = {}) {
  const cli = await cliNight(options);
  await cli.night.putPolicy(NIGHTLY);
  const settled = await cli.night.requestRun();
  await cli.night.settle(settled);
  cli.night.clock.move(20 * HOUR);
  const open = await cli.night.requestRun();
  return { cli, settled, open };
}

async function listed(cli: CliNight, ...argv: string[]): Promise<string[]> {
  const { out } = await cli.run('runs', ...argv, '--json');
  return (JSON.parse(out) as { runs: RunSummary[] }).runs.map(({ run_id }) => run_id);
}

describe('runs', () => {
  // Listing changes nothing: one world serves all who only look.
  const world = withRuns();

  it('lists open runs, then settled ones', async () => {
    const { cli, settled, open } = await world;

    const { code, out } = await cli.run('runs');

    const lines = out.split('\n').slice(1);
    expect(code).toBe(0);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(new RegExp(`^${open} +requested .* timer$`));
    expect(lines[1]).toMatch(
      new RegExp(`^${settled} +completed +\\d/6 +2026-01-01 19:\\d\\d .* timer$`),
    );
  });

  it.each([
    { argv: ['--open'], finds: ['open'] },
    { argv: ['--outcome', 'completed'], finds: ['settled'] },
    { argv: ['--outcome', 'failed'], finds: [] },
    { argv: ['--policy', 'weekly'], finds: [] },
    { argv: ['--since', '2h'], finds: ['open'] },
    { argv: ['--until', '2h'], finds: ['settled'] },
    { argv: ['--since', '2026-01-01', '--until', '2026-01-02'], finds: ['settled'] },
    { argv: ['--max', '1'], finds: ['open'] },
  ])('narrows: runs $argv', async ({ argv, finds }) => {
    const { cli, ...ids } = await world;
    const expected = finds.map((name) => ids[name as 'open' | 'settled']);
    expect(await listed(cli, ...argv)).toEqual(expected);
  });

  it('shows the phones and the fix of a run one of whose objects cannot be used', async () => {
    const { cli, settled } = await withRuns();
    const { store } = cli.night.invocation().deps;
    const key = `runs/${settled}/log/9999999999-broken-00001.json`;
    await store.put(key, 'not json');

    const { code, out } = await cli.run('runs', 'show', settled);

    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`unreadable ${key} is not JSON fix Check the object.* Phones .*exported`),
    );
  });

  it('continues where the previous list ended', async () => {
    const { cli, settled } = await world;

    const { err } = await cli.run('runs', '--max', '1');

    const [, token = ''] = /--after (\S+)/.exec(err) ?? [];
    expect(await listed(cli, '--after', token)).toEqual([settled]);
  });

  it('rebuilds the index', async () => {
    const { cli, settled } = await withRuns();
    const { store } = cli.night.invocation().deps;
    await store.remove((await store.list('state/runs/')).map(({ key }) => key));

    const before = await listed(cli, '--outcome', 'completed');
    const after = await listed(cli, '--outcome', 'completed', '--rebuild');

    expect([before, after]).toEqual([[], [settled]]);
  });

  it('explains empty lists', async () => {
    const cli = await cliNight();
    expect((await cli.run('runs')).err).toContain('no runs yet');
    expect((await cli.run('runs', '--since', '7d')).err).toBe('no run matches');
  });

  it.each([
    { argv: ['--open', '--outcome', 'failed'], says: 'an open run has no outcome yet' },
    { argv: ['--since', 'yesterday'], says: 'not a time' },
    { argv: ['--max', '0'], says: 'whole number' },
    { argv: ['--outcome', 'good'], says: 'completed' },
    { argv: ['--after', 'a b'], says: 'the page token that the list printed' },
    { argv: ['shwo', 'x'], says: 'did you mean runs show?' },
  ])('refuses wrong use: runs $argv', async ({ argv, says }) => {
    const cli = await cliNight();
    const { code, err } = await cli.run('runs', ...argv);
    expect(code).toBe(2);
    expect(err).toContain(says);
  });
});

describe('runs show', () => {
  it('shows a settled run, with failed phones first', async () => {
    const { cli, settled } = await withRuns({ phones: 60, servers: 3 });

    const { code, out } = await cli.run('runs', 'show', settled);

    expect(code).toBe(0);
    expect(out).toContain(`Run ${settled}: completed`);
    expect(out).toContain('60 selected, 57 exported, 3 skipped');
    expect(out).toMatch(/notified +sent 2026/);
    expect(out).toContain(`obs://phonevault-demo/phonevault/runs/${settled}/report.json`);
    expect(out).toMatch(/Phones\nphone.*\n(.* skipped .*\n){3}(.* exported .*\n){47}… and 10 more/);
    expect(out).toMatch(/Export calls\ntime.*\n2026-.* 1\d? +/);
    expect(out).not.toContain('Log');
    expect((await cli.run('runs', 'show', settled, '--phones')).out).not.toContain('more');
  });

  it('lists the log with --log, with the names of phones', async () => {
    const { cli, settled } = await withRuns();

    const { out } = await cli.run('runs', 'show', settled, '--log');

    const log = out.slice(out.indexOf('\nLog\n')).split('\n').slice(2);
    const times = log.map((line) => line.slice(0, 19));
    expect(times).toEqual([...times].sort());
    expect(log.find((line) => line.includes('intent'))).toMatch(
      /\+01:00 {2}intent .* game-\d+ game-/,
    );
    expect(log.find((line) => line.includes('verified'))).toMatch(
      /verified {2}(game|test)-\d+ .* KB/,
    );
    expect(log.at(-1)).toContain('notified');
  });

  it('shows the progress of an open run', async () => {
    const { cli, open } = await withRuns({ phones: 40, servers: 1 });
    const before = await cli.run('runs', 'show', open);
    await cli.night.drive();
    await cli.run('cancel', open);

    const after = await cli.run('runs', 'show', open);

    expect(before.out).toContain(`Run ${open}: requested`);
    expect(after.out).toMatch(/being cancelled\n[^]*progress +\d+ of 40 done/);
  });

  it('prints everything with --json', async () => {
    const { cli, settled } = await withRuns();
    const { out } = await cli.run('runs', 'show', settled, '--json');
    type All = { run: RunView; phones: RunPhone[]; calls: ExportCall[]; log: LogLine[] };
    const { run, phones, calls, log } = JSON.parse(out) as All;
    expect(run.run_id).toBe(settled);
    expect(phones).toHaveLength(6);
    expect(calls.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(run.counts?.exported);
    expect(log.length).toBeGreaterThan(6);
  });

  it('suggests a similar run id', async () => {
    const { cli, settled, open } = await withRuns();

    const begun = await cli.run('runs', 'show', 'nightly-2026');
    const misspelt = await cli.run('runs', 'show', settled.replace('nightly', 'nihgtly'));
    const strange = await cli.run('runs', 'show', 'x', '--json');

    expect(begun).toMatchObject({ code: 1, out: '' });
    expect(begun.err).toContain(`did you mean ${open} or ${settled}?`);
    expect(misspelt.err).toContain(`did you mean ${settled}?`);
    expect(strange.code).toBe(1);
    expect(JSON.parse(strange.out)).toMatchObject({ error: { code: 'not_found' } });
  });

  it('fits a narrow window', async () => {
    const { cli, settled } = await withRuns({ io: { columns: 40 } });
    for (const argv of [['runs'], ['runs', 'show', settled, '--log']]) {
      const { out } = await cli.run(...argv);
      const wide = out.split('\n').filter((line) => line.length > 40 && !line.includes('obs://'));
      expect(wide).toEqual([]);
    }
  });
});
