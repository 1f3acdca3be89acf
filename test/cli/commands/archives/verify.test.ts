import { describe, expect, it } from 'vitest';
import { changes, json, newest, settledNight } from './settled-night.ts';

describe('archives verify', () => {
  const world = settledNight();

  it('reads archives to their end', async () => {
    const { cli, run } = await world;
    const { code, out } = await cli.run('archives', 'verify');
    expect(out).toMatch(
      /^(ok  game-000\d  nightly  .* files\n){3}3 archives of 3 read to the end$/,
    );
    expect(code).toBe(0);
    const results = await json<{ result: string; run_id: string }[]>(cli, 'verify', 'game-0001');
    expect(results).toMatchObject([{ result: 'ok', run_id: run, absent: [] }]);
  });

  it('reads at most as many as --limit', async () => {
    const { cli } = await world;
    expect(await json(cli, 'verify', '--limit', '2')).toHaveLength(2);
  });

  it.each([['game-9999'], ['--at', '2020-01-01']])(
    'fails when it reads none: %s',
    async (...argv) => {
      const { cli } = await world;
      expect((await cli.run('archives', 'verify', ...argv)).code).toBe(1);
    },
  );

  it('makes archives in a cold storage class readable first, where that is asked for', async () => {
    const { cli } = await settledNight();
    const { bucket, key } = await newest(cli);
    await cli.night.cloud.control.changeClass({ bucket, key, storage_class: 'GLACIER' });
    const without = await cli.run('archives', 'verify', 'game-0001');
    expect([without.code, without.out]).toEqual([1, expect.stringContaining('--thaw')]);
    const { code, out } = await cli.run('archives', 'verify', 'game-0001', '--thaw', 'expedited');
    expect([code, out]).toEqual([0, expect.stringContaining('1 archive of 1 read to the end')]);
  });

  it.each(changes)(
    'fails for an archive that is %s, and reads the others',
    async (result, change) => {
      const { cli } = await settledNight();
      await change(cli, await newest(cli));
      const { code, out } = await cli.run('archives', 'verify', '--json');
      expect(code).toBe(1);
      const results = JSON.parse(out) as { phone_name: string; result: string; hint?: string }[];
      const bad = results.filter((one) => one.result !== 'ok');
      expect(results).toHaveLength(3);
      expect(bad).toMatchObject([{ phone_name: 'game-0001', result }]);
      expect(bad[0]?.hint).toBeDefined();
      expect((await cli.run('archives', 'verify')).out).toContain(
        '2 archives of 3 read to the end',
      );
    },
  );
});
