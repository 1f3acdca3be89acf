import { describe, expect, it } from 'vitest';
import { withRuns } from '../../support/with-runs.ts';
import { fakeIo } from '../../support/fake-io.ts';

describe('logs', () => {
  it('shows the events of a run in words, those of some phones, and those that went wrong', async () => {
    const { cli, settled } = await withRuns();
    const all = await cli.run('logs', settled);
    expect(all.code).toBe(0);
    expect(all.out).toMatch(/^[\d-]+ [\d:]+ {2}asks CPH to export .*game-/m);
    expect(all.out).toMatch(/ {2}game-\d+ {2}the archive is verified, [\d.]+ KB$/m);
    expect(all.out.split('\n').at(-1)).toMatch(/notification/);
    expect(all.err).toContain(`Log of run ${settled} (Europe/Berlin)`);

    const [name = ''] = /game-\d+/.exec(all.out) ?? [];
    const one = await cli.run('logs', settled, '--phone', name);
    expect(
      one.out.split('\n').every((line) => line.includes(name) || / asks CPH /.test(line)),
    ).toBe(true);
    const { out } = await cli.run('logs', settled, '--problems', '--json');
    const { run_id, log } = JSON.parse(out) as { run_id: string; log: { type: string }[] };
    expect(run_id).toBe(settled);
    expect(log.map(({ type }) => type)).not.toContain('verified');
    const zh = await cli.run('logs', settled, '--lang', 'zh');
    expect(zh.out).toMatch(/请求 CPH 导出 .*game-/);
  });

  it('refuses phones that the run does not have, and unknown runs', async () => {
    const { cli, settled } = await withRuns();
    expect(await cli.run('logs', settled, '--phone', 'nobody')).toMatchObject({ code: 2, out: '' });
    expect(await cli.run('logs', 'nightly-1')).toMatchObject({ code: 1, out: '' });
  });

  it.each(['drive', 'phonevault-prod-schedule'])('says where the log of %s is', async (name) => {
    const { code, err } = await fakeIo().run('logs', name);
    expect(code).toBe(2);
    expect(err).toMatch(/in a checkout: npx serverless logs -f (?:drive|schedule)/);
  });
});
