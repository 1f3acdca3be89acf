import { describe, expect, it } from 'vitest';
import type { ArchiveView } from '../../../../lib/run/query/schemas/archive.ts';
import { threeNights } from './three-nights.ts';

type Explained = ArchiveView & { keep: boolean; reasons: string[]; delete_at?: string };

describe('retention explain', () => {
  const world = threeNights();

  it('says of each archive of a phone, newest first, whether and why it is kept', async () => {
    const { cli, json } = await world;
    const { code, value } = await json<Explained[]>('retention', 'explain', 'game-0001');
    expect(code).toBe(0);
    const { value: archives } = await json<ArchiveView[]>('archives', 'game-0001');
    expect(value.map(({ key }) => key)).toEqual(archives.map(({ key }) => key));
    expect(value.map(({ keep, reasons }) => [keep, reasons])).toEqual([
      [true, ['newest', 'last_good']],
      [false, ['over_count']],
      [false, ['over_count']],
    ]);
    const lines = (await cli.run('retention', 'explain', 'game-0001')).out.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/keep +newest, last_good +obs:/);
    expect(lines[2]).toMatch(/delete +over_count +obs:/);
  });

  it('says when an archive leaves the trash', async () => {
    const { cli, json } = await threeNights('{ max_backups: 1, trash: 7d }');
    await cli.run('prune', 'nightly');
    const { value } = await json<Explained[]>('retention', 'explain', 'game-0001');
    expect(value.map(({ delete_at }) => delete_at !== undefined)).toEqual([false, true, true]);
    const { out } = await cli.run('retention', 'explain', 'game-0001');
    expect(out.match(/ trash +over_count/g)).toHaveLength(2);
  });

  it('fails for an unknown phone', async () => {
    const { cli } = await world;
    expect((await cli.run('retention', 'explain', 'game-9999')).code).toBe(1);
  });

  it('is wrong use without a subcommand', async () => {
    const { cli } = await world;
    expect((await cli.run('retention')).code).toBe(2);
  });
});
