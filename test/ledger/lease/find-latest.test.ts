import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../lib/errors.ts';
import { latestFrom, latestListed, listLeases } from '../../../lib/ledger/lease/find-latest.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { recordReads } from '../../support/fake-stores.ts';
import { T0 } from '../../support/runs.ts';

const ttlMs = 90_000;

async function leases(last: number, first = 1) {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  for (let epoch = first; epoch <= last; epoch += 1) {
    const lease = { version: 1, epoch, holder: `h${epoch}`, expires_at: T0 + epoch };
    await store.put(layout.lease(epoch), JSON.stringify(lease));
  }
  return { store, options: { clock, ttlMs } };
}

describe('the latest lease', () => {
  it.each([1, 2, 3, 4, 7, 8, 9, 100])(
    'is found by a few GETs from the first of %i',
    async (last) => {
      const { store, options } = await leases(last);
      const read = recordReads(store);
      expect((await latestFrom(read, 1, options))?.epoch).toBe(last);
      expect(read.reads.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(last + 1)) + 2);
    },
  );

  it('is the first one after two GETs where the bucket returns no object', async () => {
    const { store, options } = await leases(3);
    const facts = { service: 'obs', operation: 'GetObject', carriedOut: 'unknown' as const };
    let gets = 0;
    const get = async () => {
      gets += 1;
      throw new ServiceError('unreachable', 'no response', facts);
    };
    expect(await latestFrom({ ...store, get }, 2, options)).toMatchObject({ epoch: 2, holder: '' });
    expect(gets).toBe(2);
  });

  it('is found behind one that is no lease', async () => {
    const { store, options } = await leases(10);
    await store.put(layout.lease(8), 'broken');
    expect((await latestFrom(store, 1, options))?.epoch).toBe(10);
  });

  it('is none when the first one is absent', async () => {
    const { store, options } = await leases(5, 3);
    expect(await latestFrom(store, 2, options)).toBeUndefined();
  });

  it('is the last that LIST shows, in the order of numbers', async () => {
    const { store, options } = await leases(11);
    expect(await latestListed(store, options)).toMatchObject({ epoch: 11, holder: 'h11' });
    expect(await latestListed((await leases(0)).store, options)).toBeUndefined();
  });

  it.each([
    ['is gone', undefined],
    ['is of a newer version', '{"version":9}'],
    ['names another epoch', '{"version":1,"epoch":4,"holder":"h","expires_at":1}'],
  ])('holds for the usual time after it was written when the object %s', async (_, body) => {
    const { store, options } = await leases(3);
    const get: typeof store.get = async (key) => {
      const found = key === layout.lease(3) ? undefined : await store.get(key);
      if (key !== layout.lease(3) || body === undefined) return found;
      return { body, etag: 'e', lastModified: T0 };
    };
    options.clock.move(5_000);
    expect(await latestListed({ ...store, get }, options)).toMatchObject({
      ...{ epoch: 3, holder: '', expires_at: T0 + ttlMs },
    });
  });

  it('is looked for among leases only, and other objects are named', async () => {
    const { store } = await leases(1);
    await store.put(`${layout.leases}notes.txt`, '');
    const ignored: string[] = [];
    const listed = await listLeases(store, (key) => ignored.push(key));
    expect(listed.map(({ epoch }) => epoch)).toEqual([1]);
    expect(ignored).toEqual([`${layout.leases}notes.txt`]);
  });
});
