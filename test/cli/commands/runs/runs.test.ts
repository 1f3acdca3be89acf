import { describe, expect, it } from 'vitest';
import type {
  ExportCall,
  LogLine,
  RunPhone,
  RunSummary,
  RunView,
} from '../../../../lib/run/query/schemas/run.ts';
import { type CliNight, cliNight } from '../../support/cli-night.ts';
import { withRuns } from '../../support/with-runs.ts';

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
    { argv: ['--policy', 'nightly', '--outcome', 'failed'], finds: [] },
    { argv: ['list', '--open'], finds: ['open'] },
    { argv: ['--since', '2h'], finds: ['open'] },
    { argv: ['--until', '2h'], finds: ['settled'] },
    { argv: ['--since', '2026-01-01', '--until', '2026-01-02'], finds: ['settled'] },
    { argv: ['--limit', '1'], finds: ['open'] },
  ])('narrows: runs $argv', async ({ argv, finds }) => {
    const { cli, ...ids } = await world;
    const expected = finds.map((name) => ids[name as 'open' | 'settled']);
    expect(await listed(cli, ...argv)).toEqual(expected);
  });

  it('shows id, outcome, counts and time in 80 columns, and nothing cut in 40', async () => {
    const { cli, settled } = await world;
    const show = async (columns: number): Promise<string> => {
      Object.assign(cli.io, { columns });
      return (await cli.run('runs')).out;
    };
    const wide = await show(80);
    expect(wide).toMatch(new RegExp(`^${settled} +completed +\\d/6 +2026-01-01 19:\\d\\d`, 'm'));
    expect(wide + (await show(40))).not.toContain('…');
    Object.assign(cli.io, { columns: Number.POSITIVE_INFINITY });
    expect(Math.max(...wide.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each(['runs', 'archives'])('fails for a policy that does not exist: %s', async (command) => {
    const { cli } = await world;
    const { code, err } = await cli.run(command, '--policy', 'nighty');
    expect(code).toBe(1);
    expect(err).toMatch(/policy nighty does not exist[^]*did you mean nightly\?/);
  });

  it('continues where the previous list ended', async () => {
    const { cli, settled } = await world;

    const { err } = await cli.run('runs', '--limit', '1');

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
    { argv: ['--limit', '0'], says: 'whole number' },
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

  it('fits a narrow window', async () => {
    const { cli, settled } = await withRuns({ io: { columns: 40 } });
    for (const argv of [['runs'], ['runs', 'show', settled, '--log']]) {
      const { out } = await cli.run(...argv);
      const wide = out.split('\n').filter((line) => line.length > 40 && !line.includes('obs://'));
      expect(wide).toEqual([]);
    }
  });
});
