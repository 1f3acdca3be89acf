import { describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { withPolicy } from '../../support/with-runs.ts';
import { json, newest, settledNight } from './settled-night.ts';

describe('archives check', () => {
  it('names missing archives and unknown objects, and fails when one is missing', async () => {
    const { cli } = await settledNight();
    const good = await cli.run('archives', 'check');
    expect([good.code, good.out]).toEqual([0, '0 archives missing, 0 objects unknown']);
    const { bucket, key } = await newest(cli);
    const { backend } = cli.night.cloud;
    const now = { lastModified: cli.night.clock.now() };
    await backend.write(bucket, 'a/run-1/p1-1.tar', Buffer.from('x'), now);
    const unknown = ['a/run-1/p1-1.tar'];
    expect(await json(cli, 'check')).toEqual({ missing: [], unknown });
    expect((await cli.run('archives', 'check')).code).toBe(0);
    await backend.remove(bucket, key);
    expect(await json(cli, 'check')).toEqual({ missing: [key], unknown });
    const { code, out } = await cli.run('archives', 'check');
    expect(code).toBe(1);
    expect(out.split('\n').slice(1)).toEqual([`  missing  ${key}`, `  unknown  ${unknown[0]}`]);
  });

  it('names the first 50 keys, and how many more there are', async () => {
    const cli = await withPolicy({ phones: 1 });
    const { backend, bucket } = cli.night.cloud;
    for (let n = 0; n < 52; n += 1) {
      const now = { lastModified: cli.night.clock.now() };
      await backend.write(bucket, `a/run-1/p${n}-1.tar`, Buffer.from('x'), now);
    }
    const lines = (await cli.run('archives', 'check')).out.split('\n');
    expect(lines).toHaveLength(1 + 50 + 1);
    expect(lines.at(-1)).toContain('2 more unknown');
  });

  it('fails when a part of the catalogue cannot be read', async () => {
    const cli = await withPolicy({ phones: 1 });
    const key = layout.archiveShard('nightly', '0000000000001.p');
    await cli.night.invocation().deps.store.put(key, 'broken');
    const { code, out } = await cli.run('archives', 'check');
    expect([code, out]).toEqual([1, expect.stringContaining(key)]);
  });
});
