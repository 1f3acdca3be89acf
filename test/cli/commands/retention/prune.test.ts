import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../../lib/ledger/catalogue/add.ts';
import type { ArchiveView } from '../../../../lib/run/query/schemas/archive.ts';
import { archiveOf } from '../../../support/archives.ts';
import { threeNights } from './three-nights.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

type Entry = { phone_id: string; key: string; size: number; reasons: string[]; code?: string };
type Pruned = { policies: { policy: string; blocked?: string; delete: Entry[]; keep: Entry[] }[] };

describe('prune', () => {
  it('shows what would be deleted and kept, with reasons, and changes nothing', async () => {
    const { cli, json } = await threeNights();
    const before = await cli.keys();
    const { code, value } = await json<Pruned>('prune', '--dry-run');
    expect(code).toBe(0);
    const [nightly] = value.policies;
    expect(nightly?.blocked).toBeUndefined();
    expect(nightly?.delete.map(({ reasons }) => reasons)).toEqual(Array(4).fill(['over_count']));
    expect(nightly?.keep.map(({ reasons }) => reasons)).toEqual(
      Array(2).fill(['newest', 'last_good']),
    );
    const { out } = await cli.run('prune', 'nightly', '--dry-run');
    expect(out).toMatch(/^nightly: 4 of 6 archives would be deleted \(/);
    expect(await cli.keys()).toEqual(before);
  });

  it('asks drive, watches, and prints what was deleted', async () => {
    const { cli, json } = await threeNights();
    const { code, value } = await json<Pruned>('prune', 'nightly');
    expect(code).toBe(0);
    expect(value.policies[0]?.delete).toHaveLength(4);
    expect(value.policies[0]?.keep).toHaveLength(2);
    const { value: left } = await json<ArchiveView[]>('archives');
    expect(left).toHaveLength(2);
    const { missing, unknown } = (
      await json<{ missing: string[]; unknown: string[] }>('archives', 'check')
    ).value;
    expect([missing, unknown]).toEqual([[], []]);
    expect((await cli.keys()).filter((key) => key.startsWith('open/'))).toEqual([]);
  });

  it('deletes nothing when more than may be deleted is due, and exits with 1', async () => {
    const { json, store } = await threeNights();
    const many = Array.from({ length: 150 }, (_, n) =>
      archiveOf('p1', 1_000 + n, { started_at: n }),
    );
    await addArchives(store, many);
    const { code, value } = await json<Pruned>('prune');
    expect(code).toBe(1);
    expect(value.policies[0]).toMatchObject({ policy: 'nightly', blocked: 'max_delete' });
    expect((await json<ArchiveView[]>('archives')).value).toHaveLength(156);
  });

  it('names a last good archive that is missing in the bucket, and exits with 1', async () => {
    const { cli, json } = await threeNights();
    const { value: archives } = await json<ArchiveView[]>('archives');
    const [newest] = archives;
    if (newest === undefined) throw new Error('no archives');
    await cli.night.cloud.backend.remove(newest.bucket, newest.key);
    const { code, value } = await json<Pruned>('prune', 'nightly');
    expect(code).toBe(1);
    expect(value.policies[0]?.delete).toHaveLength(2);
    const lost = value.policies[0]?.keep.filter((entry) => entry.code === 'missing');
    expect(lost?.map(({ key }) => key)).toEqual([newest.key]);
    const { out } = await cli.run('prune', 'nightly');
    expect(out).toMatch(/1 last good archive missing or changed in the bucket/);
    expect(out.replaceAll(/\s/g, '')).toContain(newest.key);
  });

  it('does the work in this process with --drive', async () => {
    const { cli } = await threeNights();
    cli.whileWaiting = async () => undefined;
    const { code, out } = await cli.run('prune', 'nightly', '--drive');
    expect(code).toBe(0);
    expect(out).toMatch(/^nightly: 4 of 6 archives deleted \(/);
  });

  it('keeps the archives of a policy whose file is gone', async () => {
    const { json, store } = await threeNights();
    await store.remove(['policies/nightly.yaml']);
    const { code, value } = await json<Pruned>('prune', '--dry-run');
    expect(code).toBe(0);
    expect(value.policies[0]).toMatchObject({ blocked: 'policy_gone', delete: [] });
    expect(value.policies[0]?.keep).toHaveLength(6);
  });

  it('fails for a policy that does not exist', async () => {
    const { cli } = await threeNights();
    const { code, err } = await cli.run('prune', 'nightli');
    expect(code).toBe(1);
    expect(err).toContain('did you mean nightly?');
  });
});

describe('validate', () => {
  it('warns when the rules would delete more than may be deleted at once', async () => {
    const { cli, store } = await threeNights();
    const many = Array.from({ length: 150 }, (_, n) =>
      archiveOf('p1', 1_000 + n, { started_at: n }),
    );
    expect((await cli.run('validate')).out).not.toContain('max_delete');
    await addArchives(store, many);
    const { code, out } = await cli.run('validate', '--json');
    expect(code).toBe(0);
    expect(out).toContain('153 of 156 archives would be deleted at once, more than max_delete');
    await store.put('phones/nightly/0000000001000.p1.json', 'broken');
    expect((await cli.run('validate')).code).toBe(0);
  });
});
