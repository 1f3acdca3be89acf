import { describe, expect, it } from 'vitest';
import { withRuns } from '../../support/with-runs.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

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

  it('lists archives that stay, steps not done and missing servers of a settled run', async () => {
    const { cli, settled } = await withRuns();
    const { store } = cli.night.invocation().deps;
    const key = `runs/${settled}/report.json`;
    const report = JSON.parse((await store.get(key))?.body ?? '') as object;
    const lists = {
      leftovers: [{ key: 'nightly/a-1.tar', code: 'AccessDenied' }],
      omitted: { superseded_deleted: 0, leftovers: 5 },
      not_done: [{ step: 'head_archives', code: 'access_denied', message: 'Grant GetObject.' }],
      missing_servers: ['s-gone'],
    };
    await store.put(key, JSON.stringify({ ...report, ...lists }));

    const { out } = await cli.run('runs', 'show', settled);

    expect(out).toMatch(
      /not deleted +nightly\/a-1\.tar: AccessDenied\n +not deleted +… and 5 more/,
    );
    expect(out).toMatch(/not done +head_archives access_denied: Grant GetObject\./);
    expect(out).toMatch(/no such server +s-gone/);
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
