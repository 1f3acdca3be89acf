import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../../lib/ledger/catalogue/add.ts';
import type { Archive } from '../../../../lib/ledger/catalogue/archive.ts';
import { rewriteShard } from '../../../../lib/ledger/catalogue/shards/rewrite.ts';
import { listShards, type Shard } from '../../../../lib/ledger/catalogue/shards/shards.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import type { Store } from '../../../../lib/ledger/store/store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { archiveOf, catalogued } from '../../../support/archives.ts';
import { untilKilled } from '../../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

/** Bytes of a shard of eight archives. */
const SMALL = 1_750;

/** A policy with three shards of eight archives, one a minute. */
async function scene() {
  const store = memoryStore(playClock());
  const archives = Array.from({ length: 24 }, (_, n) => archiveOf('p1', T0 + n * MINUTE));
  await addArchives(store, archives, SMALL);
  const calls: string[] = [];
  const recorded: Store = {
    ...store,
    put: (key, body) => (calls.push('put'), store.put(key, body)),
    remove: (keys) => (calls.push('remove'), store.remove(keys)),
  };
  const [first, second, third] = await listShards(store);
  if (first === undefined || second === undefined || third === undefined) throw new Error('few');
  const left = async () => (await catalogued(store)).map(({ verified_at }) => verified_at).sort();
  const timesOf = (shard: Shard) =>
    archives
      .map(({ verified_at }) => verified_at)
      .filter((at) => at >= shard.from.verified_at && at < (shard.to?.verified_at ?? Infinity));
  return { store, recorded, calls, first, second, third, left, timesOf };
}

/** A change that keeps only the archives of these times. */
const keep = (times: readonly number[]) => (archive: Archive) =>
  times.includes(archive.verified_at) ? archive : undefined;
const none = keep([]);

describe('rewriteShard', () => {
  it('writes nothing when nothing changes', async () => {
    const { recorded, calls, second, first } = await scene();
    expect(await rewriteShard(recorded, second, first, (archive) => archive)).toBe(second);
    expect(calls).toEqual([]);
  });

  it('stores changed archives in their place', async () => {
    const { store, second, first, left } = await scene();
    const all = await left();
    const pinned = (archive: Archive) => ({ ...archive, flags: { pinned: true } });
    expect(await rewriteShard(store, second, first, pinned)).toBe(second);
    expect(await left()).toEqual(all);
    const flags = (await catalogued(store)).filter((archive) => archive.flags.pinned === true);
    expect(flags.length).toBeGreaterThan(0);
    expect(flags.length).toBeLessThan(all.length);
  });

  it('keeps a shard that has a quarter of its archives left', async () => {
    const { store, first, second, third, timesOf, left } = await scene();
    const kept = timesOf(second).slice(0, 2);
    expect(await rewriteShard(store, second, first, keep(kept))).toBe(second);
    expect(await listShards(store)).toHaveLength(3);
    expect(await left()).toEqual([...timesOf(first), ...kept, ...timesOf(third)]);
  });

  it('joins a shard that lost most of its archives with the one before it', async () => {
    const { store, first, second, third, timesOf, left } = await scene();
    const kept = timesOf(second).slice(-1);
    const last = await rewriteShard(store, second, first, keep(kept));
    expect(last).toEqual({ ...first, to: third.from });
    expect((await listShards(store)).map(({ name }) => name)).toEqual([first.name, third.name]);
    expect(await left()).toEqual([...timesOf(first), ...kept, ...timesOf(third)]);
  });

  it('keeps a shard for which the one before it has no room', async () => {
    const { store, first, second, timesOf, left } = await scene();
    const large = (archive: Archive) => ({ ...archive, etag: 'e'.repeat(115_000) });
    await rewriteShard(store, first, undefined, large);
    const kept = timesOf(second).slice(-1);
    expect(await rewriteShard(store, second, first, keep(kept))).toBe(second);
    expect(await listShards(store)).toHaveLength(3);
    expect(await left()).toEqual(expect.arrayContaining([...timesOf(first), ...kept]));
  });

  it.each([0, 1])('loses and doubles nothing when it is killed after %i writes', async (last) => {
    const { store, first, second, third, timesOf, left } = await scene();
    const kept = timesOf(second).slice(-1);
    const rewrite = (dying: Store) => rewriteShard(dying, second, first, keep(kept));
    expect(await untilKilled(store, last, rewrite)).toBe(true);
    const between = await left();
    expect(new Set(between).size).toBe(between.length);
    expect(between).toEqual(expect.arrayContaining(kept));
    await rewrite(store);
    expect(await left()).toEqual([...timesOf(first), ...kept, ...timesOf(third)]);
  });

  it('deletes a shard that is left empty', async () => {
    const { store, recorded, calls, first, second, third, timesOf, left } = await scene();
    expect(await rewriteShard(recorded, second, first, none)).toEqual({ ...first, to: third.from });
    expect(calls).toEqual(['remove']);
    expect(await left()).toEqual([...timesOf(first), ...timesOf(third)]);
    expect(await rewriteShard(recorded, first, undefined, none)).toBeUndefined();
    expect((await listShards(store)).map(({ name }) => name)).toEqual([third.name]);
  });

  it('empties a shard that the bucket refuses to delete', async () => {
    const { store, second, first, third, timesOf, left } = await scene();
    const remove: Store['remove'] = async ([key = '']) => [{ key, code: 'AccessDenied' }];
    await rewriteShard({ ...store, remove }, second, first, none);
    expect(await listShards(store)).toHaveLength(3);
    expect(await left()).toEqual([...timesOf(first), ...timesOf(third)]);
  });
});
