import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { takeLease, type UnreadableLease } from '../../../lib/ledger/lease/lease.ts';
import { readLease } from '../../../lib/ledger/lease/stored-lease.ts';
import type { ObjectError } from '../../../lib/ledger/store/object-error.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import type { Conditional, Store } from '../../../lib/ledger/store/store.ts';
import { agendaClock, playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const TTL = 90_000;

/** A store in which LIST shows an object only half a minute after it was written. */
function lagging(conditional: Conditional) {
  const clock = playClock();
  const store = memoryStore(clock, conditional);
  const list: Store['list'] = async (prefix, options) =>
    (await store.list(prefix, options)).filter((o) => o.lastModified <= clock.now() - 30_000);
  const take = (holder: string) => takeLease({ ...store, list }, { clock, holder, ttlMs: TTL });
  return { clock, take };
}

describe.each<Conditional>(['honoured', 'ignored', 'refused'])(
  'a lease where LIST lags, conditional PUT %s',
  (conditional) => {
    it('goes to one drive, and stays with it', async () => {
      const { take } = lagging(conditional);
      const first = await take('a');
      expect(first?.epoch).toBe(1);
      expect(await first?.stillHeld()).toBe(true);
      expect(await take('b')).toBeUndefined();
    });

    it('gets the next epoch although LIST does not show the leases before it', async () => {
      const { clock, take } = lagging(conditional);
      for (const [index, holder] of ['a', 'b', 'c', 'd'].entries()) {
        const lease = await take(holder);
        expect(lease?.epoch).toBe(index + 1);
        await lease?.release();
        clock.move(1_000);
      }
    });
  },
);

// What holds in every store: lease-suite.ts.
describe('takeLease', () => {
  it.each(
    (['honoured', 'ignored', 'refused'] as const).flatMap((conditional) =>
      ['notes.txt', '0000000007.json.bak', '0000000001', '99999999999.json'].map(
        (name) => [name, conditional] as const,
      ),
    ),
  )('ignores %s in the folder of leases, conditional PUT %s', async (name, conditional) => {
    const clock = playClock();
    const store = memoryStore(clock, conditional);
    await store.put(`state/lease/${name}`, 'x');
    for (const epoch of [1, 2]) {
      clock.move(TTL);
      const lease = await takeLease(store, { clock, holder: `h${epoch}`, ttlMs: TTL });
      expect(lease?.epoch).toBe(epoch);
      expect(await lease?.stillHeld()).toBe(true);
    }
  });

  it.each<Conditional>(['honoured', 'ignored', 'refused'])(
    'takes the lease although the network sends each PUT twice, conditional PUT %s',
    async (conditional) => {
      const clock = playClock();
      const store = memoryStore(clock, conditional);
      const twice: Store = {
        ...store,
        create: async (key, body) => {
          await store.create(key, body);
          return store.create(key, body);
        },
      };
      const lease = await takeLease(twice, { clock, holder: 'a', ttlMs: TTL });
      expect(lease).toMatchObject({ epoch: 1, holder: 'a' });
      expect(await takeLease(twice, { clock, holder: 'b', ttlMs: TTL })).toBeUndefined();
    },
  );

  it('gives the lease to one of two drives that write at the same moment, whatever the bucket supports', async () => {
    for (const conditional of ['honoured', 'ignored', 'refused'] as const) {
      const clock = playClock();
      const store = memoryStore(clock, conditional);
      let waiting: (() => void)[] = [];
      // Both read before either writes.
      const together: Store = {
        ...store,
        create: async (key, body) => {
          const exists = (await store.get(key)) !== undefined;
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
            if (waiting.length === 2) {
              for (const go of waiting) go();
              waiting = [];
            }
          });
          if (exists) return 'exists';
          if (conditional === 'honoured') return store.create(key, body);
          await store.put(key, body);
          return 'created';
        },
      };
      const take = (holder: string) => takeLease(together, { clock, holder, ttlMs: 90_000 });
      const [a, b] = await Promise.all([take('a'), take('b')]);
      expect([a, b].filter((lease) => lease !== undefined)).toHaveLength(1);
    }
  });
});

const leaseBody = (changes: object = {}) =>
  JSON.stringify({ version: 1, epoch: 1, holder: 'other', expires_at: 0, ...changes });

/** A ledger in memory that counts some calls, with a clock that runs tasks while a caller sleeps. */
function counted(conditional: Conditional = 'honoured') {
  const clock = agendaClock(T0);
  const memory = memoryStore(clock, conditional);
  const calls = { tryConditional: 0, remove: 0 };
  const store: Store = {
    ...memory,
    tryConditional: (...args) => ((calls.tryConditional += 1), memory.tryConditional(...args)),
    remove: (...args) => ((calls.remove += 1), memory.remove(...args)),
  };
  const take = (holder: string, found: UnreadableLease[] = []) =>
    takeLease(store, {
      ...{ clock, holder, ttlMs: TTL },
      onUnreadable: (one) => void found.push(one),
    });
  const keys = async () => (await memory.list(layout.leases)).map(({ key }) => key);
  const lease = async (epoch: number) =>
    JSON.parse((await memory.get(layout.lease(epoch)))?.body ?? '{}') as unknown;
  return { clock, store, calls, take, keys, lease };
}

describe('a lease', () => {
  it('is stored under its epoch, with its holder, its end and how the bucket handles conditional PUT', async () => {
    const { take, keys, lease } = counted();
    const taken = await take('a');
    expect(taken).toMatchObject({ epoch: 1, holder: 'a', writer: '0000000001-a' });
    expect(await keys()).toEqual(['state/lease/0000000001.json']);
    const own = { version: 1, epoch: 1, holder: 'a' };
    expect(await lease(1)).toEqual({ ...own, expires_at: T0 + TTL });
    await taken?.release();
    expect(await lease(1)).toEqual({ ...own, expires_at: 0, conditional: 'honoured' });
    await take('b');
    expect(await lease(2)).toEqual({
      ...{ version: 1, epoch: 2, holder: 'b' },
      ...{ expires_at: T0 + TTL, conditional: 'honoured' },
    });
  });

  it('ends at the very millisecond of its expires_at', async () => {
    const { clock, take } = counted();
    const first = await take('a');
    clock.move(TTL - 1);
    expect(await take('b')).toBeUndefined();
    expect(await first?.stillHeld()).toBe(true);
    clock.move(1);
    expect((await take('b'))?.epoch).toBe(2);
  });

  it('is ignored when it ends more than 15 minutes ahead: a wrong clock wrote it', async () => {
    const { clock, store, take } = counted();
    const expires_at = T0 + 15 * MINUTE + 1;
    await store.put(layout.lease(1), leaseBody({ expires_at }));
    expect((await take('a'))?.epoch).toBe(2);
    await store.put(layout.lease(3), leaseBody({ epoch: 3, expires_at }));
    clock.move(1);
    expect(await take('a')).toBeUndefined();
  });

  it.each(['broken', '{"version":9}', leaseBody({ holder: 7 })])(
    'holds until every LIST shows what its holder wrote when the object holds %j',
    async (body) => {
      const { clock, store, take } = counted();
      const found: UnreadableLease[] = [];
      await store.put(layout.lease(40), leaseBody({ epoch: 40 }));
      await store.put(layout.lease(41), body);
      clock.move(TTL - 1);
      expect(await take('a', found)).toBeUndefined();
      const error = expect.objectContaining({ key: layout.lease(41) }) as ObjectError;
      expect(found).toEqual([{ error, isReleased: false }]);
      clock.move(15 * MINUTE);
      expect(await take('a', found)).toBeUndefined();
      const heldUntil = T0 + TTL + 15 * MINUTE;
      expect(found.at(-1)).toEqual({ error, isReleased: false, heldUntil });
      clock.move(1);
      expect((await take('a'))?.epoch).toBe(42);
    },
  );

  it('holds up nothing once it was released, and its copy says where the logs end', async () => {
    const { clock, store, take } = counted();
    await (await take('a'))?.release();
    const ends = [{ writer: '0000000002-a', at: clock.now(), ends: { 'nightly-1': 3 } }];
    await (await take('a'))?.release(ends);
    await store.put(layout.lease(2), 'broken');
    const found: UnreadableLease[] = [];
    const third = await take('b', found);
    expect(third).toMatchObject({ epoch: 3, follows: 2, log: ends });
    expect(found).toMatchObject([{ error: { key: layout.lease(2) }, isReleased: true }]);
    await store.put(layout.lease(3), 'broken');
    expect(await take('c')).toBeUndefined();
  });

  it('holds for the usual time after its holder was killed, and its copy names that one', async () => {
    const { clock, store, take } = counted();
    const killed = await take('a');
    await killed?.note([{ writer: '0000000001-a', at: T0, ends: {}, orphaned: { r: true } }]);
    await store.put(layout.lease(1), 'broken');
    clock.move(TTL - 1);
    expect(await take('b')).toBeUndefined();
    clock.move(1);
    const found: UnreadableLease[] = [];
    const next = await take('b', found);
    expect(next).toMatchObject({ epoch: 2, follows: undefined, conditional: 'honoured' });
    expect(next?.log).toMatchObject([
      { writer: '0000000001-a', unsure: true, orphaned: { r: true } },
    ]);
    expect(found).toMatchObject([{ error: { key: layout.lease(1) }, isReleased: false }]);
    expect(found[0]?.heldUntil).toBeUndefined();
  });

  it('is known from its copy where GET stays throttled', async () => {
    const { clock, store, take } = counted();
    await (await take('a'))?.release();
    const get: Store['get'] = (key) =>
      key === layout.lease(1)
        ? Promise.reject(new PhonevaultError('throttled', 'SlowDown'))
        : store.get(key);
    const second = await takeLease({ ...store, get }, { clock, holder: 'b', ttlMs: TTL });
    expect(second?.epoch).toBe(2);
  });

  it('holds up nothing once it was released, where LIST shows it and GET does not find it', async () => {
    const { clock, store, take } = counted();
    const ends = [{ writer: '0000000001-a', at: clock.now(), ends: { 'nightly-1': 3 } }];
    await (await take('a'))?.release(ends);
    const get: Store['get'] = async (key) => (key === layout.lease(1) ? undefined : store.get(key));
    const second = await takeLease({ ...store, get }, { clock, holder: 'b', ttlMs: TTL });
    expect(second).toMatchObject({ epoch: 2, log: ends });
  });

  it('is released although its copy cannot be written', async () => {
    const { clock, store } = counted();
    const put: Store['put'] = (key, body) =>
      key === layout.leaseCopy
        ? Promise.reject(new PhonevaultError('access_denied', 'refused'))
        : store.put(key, body);
    const take = () => takeLease({ ...store, put }, { clock, holder: 'a', ttlMs: TTL });
    await (await take())?.release();
    expect((await take())?.epoch).toBe(2);
  });

  it('holds for the usual time when the one before it is unreadable too: the bucket returns none', async () => {
    const { clock, store, take } = counted();
    await store.put(layout.lease(40), 'broken');
    await store.put(layout.lease(41), 'broken');
    clock.move(TTL - 1);
    expect(await take('a')).toBeUndefined();
    clock.move(1);
    expect((await take('a'))?.epoch).toBe(42);
  });

  it('holds for the usual time when LIST shows it and GET does not find it', async () => {
    const { clock, store } = counted();
    await store.put(layout.lease(41), leaseBody({ epoch: 41, expires_at: 0 }));
    const hidden = {
      ...store,
      get: async (key: string) => (key === layout.lease(41) ? undefined : store.get(key)),
    };
    const take = () => takeLease(hidden, { clock, holder: 'a', ttlMs: TTL });
    expect(await take()).toBeUndefined();
    clock.move(TTL);
    expect((await take())?.epoch).toBe(42);
  });

  it('is named when it cannot be one, or ends too late', async () => {
    const { clock, store } = counted();
    const ignored: string[] = [];
    const absurd = 'state/lease/9999999999.json';
    await store.put(layout.lease(1), leaseBody({ expires_at: T0 + 600 * MINUTE }));
    await store.put(absurd, leaseBody({ epoch: 9_999_999_999 }));
    const onIgnored = (key: string) => void ignored.push(key);
    expect((await takeLease(store, { clock, holder: 'a', ttlMs: TTL, onIgnored }))?.epoch).toBe(2);
    expect(ignored).toEqual([absurd, layout.lease(1)]);
  });

  it('is taken when an old one cannot be deleted', async () => {
    const { clock, store } = counted();
    for (let epoch = 1; epoch <= 12; epoch += 1) {
      await store.put(layout.lease(epoch), leaseBody({ epoch, expires_at: 0 }));
    }
    clock.move(15 * MINUTE);
    const remove = () => Promise.reject(new PhonevaultError('service', 'InternalError'));
    const taken = await takeLease({ ...store, remove }, { clock, holder: 'a', ttlMs: TTL });
    expect(taken?.epoch).toBe(13);
  });

  it('does not take its epoch from a file that is not a lease', async () => {
    const { clock, store, take } = counted();
    await store.put(`${layout.lease(7)}.bak`, 'broken');
    clock.move(TTL);
    expect((await take('a'))?.epoch).toBe(1);
  });

  it('is no longer held once its object names another holder, or a later epoch exists', async () => {
    const { store, take } = counted();
    const lease = await take('a');
    await store.put(layout.lease(1), leaseBody({ expires_at: T0 + TTL }));
    expect(await lease?.stillHeld()).toBe(false);
    await store.put(layout.lease(1), leaseBody({ holder: 'a', expires_at: T0 + TTL }));
    expect(await lease?.stillHeld()).toBe(true);
    await store.put(layout.lease(2), leaseBody({ epoch: 2, holder: 'a' }));
    expect(await lease?.stillHeld()).toBe(false);
  });

  it('is no longer held once its object is deleted', async () => {
    const { store, take } = counted();
    const lease = await take('a');
    await store.remove([layout.lease(1)]);
    expect(await lease?.stillHeld()).toBe(false);
  });
});

describe('takeLease', () => {
  it('keeps the last ten leases, and those that LIST may not show yet', async () => {
    const { clock, calls, take, keys } = counted();
    for (let epoch = 1; epoch <= 12; epoch += 1) await (await take('a'))?.release();
    expect(await keys()).toHaveLength(12);
    clock.move(15 * MINUTE - 1);
    await (await take('a'))?.release();
    expect([(await keys()).length, calls.remove]).toEqual([13, 0]);
    clock.move(1);
    await (await take('a'))?.release();
    const epochs = Array.from({ length: 10 }, (_, n) => n + 5);
    expect([await keys(), calls.remove]).toEqual([epochs.map(layout.lease), 1]);
  });

  it.each([1, 2, 3, 7, 20, 500])(
    'finds the next epoch past leases that LIST does not show, with few GETs: %i',
    async (unlisted) => {
      const { clock, store } = counted();
      for (let n = 1; n <= unlisted; n += 1)
        await store.put(layout.lease(n), leaseBody({ epoch: n }));
      let gets = 0;
      const get: Store['get'] = (key) => ((gets += 1), store.get(key));
      const unlisting = { ...store, get, list: async () => [] };
      const lease = await takeLease(unlisting, { clock, holder: 'a', ttlMs: TTL });
      expect(lease?.epoch).toBe(unlisted + 1);
      expect(gets).toBeLessThan(20);
    },
  );

  it('respects a valid lease that LIST does not show', async () => {
    const { clock, store } = counted();
    await store.put(layout.lease(1), leaseBody());
    await store.put(layout.lease(2), leaseBody({ epoch: 2, expires_at: T0 + 1 }));
    const unlisting = { ...store, list: async () => [] };
    const take = () => takeLease(unlisting, { clock, holder: 'a', ttlMs: TTL });
    expect(await take()).toBeUndefined();
    clock.move(1);
    expect((await take())?.epoch).toBe(3);
  });

  it('takes no lease when another is created and deleted meanwhile', async () => {
    const { clock, store } = counted();
    let attempts = 0;
    const create: Store['create'] = async (key, body) =>
      (attempts += 1) === 1 ? 'exists' : store.create(key, body);
    const take = () => takeLease({ ...store, create }, { clock, holder: 'a', ttlMs: TTL });
    expect(await take()).toBeUndefined();
    expect((await take())?.epoch).toBe(1);
  });

  it.each<[Conditional, number]>([
    ['honoured', 0],
    ['ignored', 2_000],
    ['refused', 2_000],
  ])('where conditional PUT is %s, waits %i ms before it reads back', async (conditional, ms) => {
    const { clock, calls, take } = counted(conditional);
    for (const times of [1, 2]) {
      await (await take('a'))?.release();
      expect(clock.now() - T0).toBe(times * ms);
    }
    // The lease before says how the bucket handles conditional PUT.
    expect(calls.tryConditional).toBe(1);
  });

  it('tests conditional PUT again after a holder that did not release its lease', async () => {
    const { clock, calls, take } = counted();
    await take('a');
    clock.move(TTL);
    expect((await take('b'))?.conditional).toBe('honoured');
    expect(calls.tryConditional).toBe(2);
  });

  it.each<[Conditional, string, number]>([
    ['ignored', 'its own epoch', 1],
    ['refused', 'its own epoch', 1],
    ['ignored', 'a later epoch', 2],
    ['refused', 'a later epoch', 2],
  ])(
    'where conditional PUT is %s, yields to a drive that wrote %s meanwhile',
    async (conditional, _, epoch) => {
      const { clock, store, take, lease } = counted(conditional);
      const body = leaseBody({ epoch, expires_at: T0 + TTL });
      clock.at(T0 + 1_999, () => store.put(layout.lease(epoch), body));
      expect(await take('a')).toBeUndefined();
      expect(await lease(epoch)).toEqual(JSON.parse(body));
    },
  );

  it('returns no lease when its object is gone at the read-back', async () => {
    const { clock, store, take } = counted('ignored');
    clock.at(T0 + 1_999, () => store.remove([layout.lease(1)]));
    expect(await take('a')).toBeUndefined();
  });
});

describe('what a lease says of the logs', () => {
  const ends = (writer: string, at = T0) => ({ writer, at, ends: { 'nightly-1': 2 } });

  it('comes from the release of the lease before', async () => {
    const { take } = counted();
    const first = await take('a');
    expect(first?.log).toEqual([]);
    await first?.release([ends('0000000001-a')]);
    expect((await take('b'))?.log).toEqual([ends('0000000001-a')]);
  });

  it('stays when a holder releases its lease and adds nothing', async () => {
    const { take } = counted();
    await (await take('a'))?.release([ends('0000000001-a')]);
    await (await take('b'))?.release();
    expect((await take('c'))?.log).toEqual([ends('0000000001-a')]);
  });

  it('names a holder that was killed, and what that one knew', async () => {
    const { clock, take } = counted();
    await (await take('a'))?.release([ends('0000000001-a')]);
    await take('b');
    clock.move(TTL);
    const at = clock.now();
    const killed = { writer: '0000000002-b', at, ends: {}, unsure: true };
    expect((await take('c'))?.log).toEqual([ends('0000000001-a'), killed]);
  });

  it('names what a killed holder noted while it worked', async () => {
    const { clock, take, lease } = counted();
    const first = await take('a');
    const noted = { writer: '0000000001-a', at: T0, ends: {}, orphaned: { r: true } };
    await first?.note([ends('0000000000-z'), noted]);
    expect(await lease(1)).toMatchObject({ holder: 'a', expires_at: T0 + TTL });
    clock.move(TTL);
    const killed = { ...noted, at: clock.now(), unsure: true };
    expect((await take('b'))?.log).toEqual([ends('0000000000-z'), killed]);
  });

  it('is forgotten once every LIST shows it', async () => {
    const { clock, take } = counted();
    await (await take('a'))?.release([ends('0000000001-a')]);
    clock.move(15 * MINUTE);
    expect((await take('b'))?.log).toEqual([]);
  });

  it('does not make a lease unreadable when it is invalid', async () => {
    const { clock, store, take } = counted();
    await store.put(layout.lease(1), leaseBody({ expires_at: T0 + 1, log: 'x' }));
    expect(await take('a')).toBeUndefined();
    clock.move(1);
    expect((await take('a'))?.epoch).toBe(2);
  });
});

describe('readLease', () => {
  it('returns the holder of a lease and when it ends', async () => {
    const { store, take } = counted();
    await take('a');
    const read = await readLease(store, layout.lease(1));
    expect(read).toMatchObject({ holder: 'a', expires_at: T0 + TTL });
  });

  it('returns undefined for a lease that is absent or unreadable', async () => {
    const { store } = counted();
    await store.put(layout.lease(1), 'broken');
    await store.put(layout.lease(2), '{"version":9}');
    for (const epoch of [1, 2, 3])
      expect(await readLease(store, layout.lease(epoch))).toBeUndefined();
  });
});
