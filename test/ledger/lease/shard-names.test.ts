import { describe, expect, it } from 'vitest';
import { knowShards } from '../../../lib/ledger/lease/shard-names.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { createWriter } from '../../../lib/run/deps.ts';
import { ServiceError } from '../../../lib/errors.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { laggingStore } from '../../support/lagging-store.ts';

const MINUTE = 60_000;
const shard = (place: number, policy = 'nightly') =>
  layout.archiveShard(policy, `${String(place).padStart(13, '0')}.p1`);

/** A bucket whose LIST lags by a minute, with a shard that was written before. `earlier`: what the drives before left word of. */
async function setUp(earlier?: Record<string, boolean>) {
  const clock = playClock();
  const memory = memoryStore(clock);
  const lagging = laggingStore(memory, clock, () => MINUTE);
  await lagging.put(shard(1), '{}');
  clock.move(MINUTE);
  const left = { writer: 'w', at: 0, ends: {} };
  const { log } = createWriter('own', earlier === undefined ? [] : [{ ...left, shards: earlier }]);
  const store = knowShards(lagging, log);
  const keys = async (policy?: string) =>
    (await store.list(policy === undefined ? layout.catalogue : layout.archives(policy))).map(
      ({ key }) => key,
    );
  return { clock, memory, lagging, log, store, keys };
}

describe('knowShards', () => {
  it('shows the shards that this drive has added or deleted, and notes no other', async () => {
    const { store, keys, log } = await setUp();
    await keys();
    await store.put(shard(1), '{"changed":1}');
    await store.put(shard(2), '{}');
    await store.put(shard(0, 'other'), '{}');
    await store.put(layout.limits, '{}');
    expect(await keys()).toEqual([shard(1), shard(2), shard(0, 'other')]);
    expect(await keys('other')).toEqual([shard(0, 'other')]);
    await store.remove([shard(1), layout.limits]);
    expect(await keys('nightly')).toEqual([shard(2)]);
    expect(Object.fromEntries(log.shards)).toEqual({
      [shard(1)]: false,
      [shard(2)]: true,
      [shard(0, 'other')]: true,
    });
    await store.put(shard(1), '{}');
    expect(await keys('nightly')).toEqual([shard(1), shard(2)]);
  });

  it('shows what earlier drives have left word of, as far as GET agrees', async () => {
    const { memory, lagging, keys } = await setUp({
      ...{ [shard(1)]: false, [shard(2)]: true, [shard(3)]: true },
    });
    await lagging.put(shard(2), '{}');
    expect(await keys()).toEqual([shard(1), shard(2)]);
    await memory.remove([shard(1)]);
    expect(await keys()).toEqual([shard(2)]);
  });

  it('needs no GET once LIST shows it, and lists a shard that cannot be read', async () => {
    const { clock, lagging, log, store } = await setUp();
    await store.put(shard(2), '{}');
    const facts = { service: 'obs', operation: 'GetObject', carriedOut: 'no' as const };
    let gets = 0;
    const get = async () => {
      gets += 1;
      throw new ServiceError('access_denied', 'refused', facts);
    };
    const unreadable = knowShards({ ...lagging, get }, log);
    expect((await unreadable.list(layout.catalogue)).map(({ key }) => key)).toEqual([
      shard(1),
      shard(2),
    ]);
    expect(gets).toBe(1);
    clock.move(MINUTE);
    await unreadable.list(layout.catalogue);
    expect(gets).toBe(1);
  });
});
