import { describe, expect, it } from 'vitest';
import { withRuns } from '../support/with-runs.ts';

describe('the text of a run', () => {
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

  it('shows the progress of an open run', async () => {
    const { cli, open } = await withRuns({ phones: 40, servers: 1 });
    const before = await cli.run('runs', 'show', open);
    await cli.night.drive();
    await cli.run('cancel', open);

    const after = await cli.run('runs', 'show', open);

    expect(before.out).toContain(`Run ${open}: requested`);
    expect(after.out).toMatch(/being cancelled\n[^]*progress +\d+ of 40 done/);
  });
});
