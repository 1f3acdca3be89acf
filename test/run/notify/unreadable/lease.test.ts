import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../../lib/errors.ts';
import { takeLease } from '../../../../lib/ledger/lease/lease.ts';
import { putMissed } from '../../../../lib/ledger/hints/missed-slots.ts';
import { readUnreadable } from '../../../../lib/ledger/state/notified/unreadable.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import type { Store } from '../../../../lib/ledger/store/store.ts';
import { unreadableObjects } from '../../../../lib/run/query/unreadable.ts';
import { drive } from '../../../../lib/run/drive/drive.ts';
import { driveWorld, missedSlots } from '../../../support/drive-world.ts';
import { MINUTE } from '../../../support/runs.ts';

const TTL = 90_000;
const REFUSED = 'HTTP 403 AccessDenied (request id 0A1B)';

/** Drives of a bucket that refuses GET for some keys, each cold, with a hint to handle. */
async function scene(isRefused: (key: string) => boolean, conditional?: 'ignored') {
  const world = driveWorld();
  const { clock, deps } = world;
  const store = conditional === undefined ? world.store : memoryStore(clock, conditional);
  const get: Store['get'] = (key) =>
    isRefused(key) ? Promise.reject(new PhonevaultError('access_denied', REFUSED)) : store.get(key);
  const kill = async () => {
    await (await takeLease(store, { clock, holder: 'before', ttlMs: TTL }))?.release();
    await takeLease(store, { clock, holder: 'killed', ttlMs: TTL });
  };
  const minute = async (holder: string): Promise<string> => {
    const next = clock.now() + MINUTE;
    const own = { ...deps, store: { ...store, get } };
    const { kind } = await drive(own, { until: clock.now() + 50_000, ttlMs: TTL, holder });
    clock.move(Math.max(0, next - clock.now()));
    return kind;
  };
  const minutes = async (count: number): Promise<string[]> => {
    const kinds: string[] = [];
    for (let n = 0; n < count; n += 1) {
      await putMissed(store, missedSlots());
      kinds.push(await minute(`h${n}`));
    }
    return kinds;
  };
  const notified = () => world.published.filter(({ kind }) => kind === 'unreadable');
  return { ...world, store, refusing: { ...store, get }, kill, minutes, notified };
}

describe('an unreadable lease', () => {
  it('of a killed drive costs no more time than a readable one, and is notified of once', async () => {
    const { kill, minutes, notified, logged } = await scene((key) => key === layout.lease(2));
    await kill();
    expect(await minutes(4)).toEqual(['lease_held', 'lease_held', 'worked', 'worked']);
    expect(notified()).toMatchObject([
      { reason: 'object_unreadable', object: { key: `vault/${layout.lease(2)}` } },
    ]);
    expect(notified()[0]?.['detail']).toMatch(/403 AccessDenied \(request id 0A1B\)/);
    expect(notified()[0]?.['hint']).toMatch(/Grant/i);
    expect(logged('lease_unreadable')).toHaveLength(3);
    // The lease after it was read: the object holds up nothing any more.
    expect(logged('object_usable')).toHaveLength(1);
  });

  it('is notified of once while it holds up everything, and says until when', async () => {
    const isRefused = (key: string) => key === layout.lease(2) || key === layout.leaseCopy;
    const { kill, minutes, notified, store } = await scene(isRefused);
    await kill();
    const kinds = await minutes(19);
    expect(kinds.indexOf('worked')).toBe(17);
    expect(notified()).toHaveLength(1);
    const until = '2026-01-02T02:46:30.000Z';
    expect(notified()[0]).toMatchObject({
      message: expect.stringContaining(
        'nothing is backed up before 2026-01-02 02:46 UTC',
      ) as string,
      held_until: until,
    });
    expect([...(await readUnreadable(store)).keys()]).toEqual([]);
  });

  it('is notified of at most hourly when the register of what was notified cannot be read', async () => {
    const isRefused = (key: string) =>
      key === layout.lease(2) || key === layout.leaseCopy || key === layout.unreadable;
    const { clock, kill, minutes, notified } = await scene(isRefused);
    // The hour begins within the wait.
    clock.move(20 * MINUTE);
    await kill();
    expect(await minutes(17)).not.toContain('worked');
    expect(notified()).toHaveLength(1);
  });

  it('is one object with those after it, where the bucket returns none', async () => {
    const { minutes, notified, store } = await scene((key) => key.startsWith(layout.leases));
    expect(new Set(await minutes(8))).toEqual(new Set(['worked']));
    expect(notified()).toHaveLength(1);
    expect((await readUnreadable(store)).size).toBe(1);
  });

  it('stops all drives where neither leases nor their copy can be read, and is notified of at once', async () => {
    const isRefused = (key: string) => key.startsWith('state/lease');
    const { minutes, notified, refusing } = await scene(isRefused, 'ignored');
    expect(await minutes(1)).toEqual(['lease_held']);
    expect(notified()).toMatchObject([{ object: { key: `vault/${layout.lease(1)}` } }]);
    expect(notified()[0]?.['detail']).toMatch(
      /403 AccessDenied.*No drive works until it or its copy can be read/,
    );
    await minutes(5);
    expect(notified()).toHaveLength(1);
    const unread = await unreadableObjects(refusing);
    expect(unread.map(({ key }) => key)).toContain(layout.lease(3));
  });

  it('that stops all drives is notified of each hour where nothing of state/ can be read', async () => {
    const { clock, minutes, notified } = await scene((key) => key.startsWith('state/'), 'ignored');
    for (const offset of [0, MINUTE]) {
      const before = notified().length;
      clock.move(offset);
      await minutes(60);
      expect(notified().length - before).toBe(1);
    }
  });

  it('that was released is notified of when three in a row could not be read', async () => {
    const { minutes, notified } = await scene((key) => key === layout.lease(1));
    await minutes(4);
    expect(notified()).toEqual([]);
  });
});

describe('a lease that the bucket does not take', () => {
  /** Drives of `minutes` minutes, of which the bucket refuses to write some keys. Returns the errors of the drives. */
  async function refused(
    isRefused: (key: string) => boolean,
    minutes: number,
    error: Error = new PhonevaultError('access_denied', REFUSED),
  ) {
    const world = driveWorld();
    const { clock, deps, store } = world;
    const stop = { error: error as Error | undefined };
    const writing =
      <Rest extends unknown[], T>(write: (key: string, ...rest: Rest) => Promise<T>) =>
      (key: string, ...rest: Rest): Promise<T> =>
        stop.error !== undefined && isRefused(key)
          ? Promise.reject(stop.error)
          : write(key, ...rest);
    const own = {
      ...deps,
      store: { ...store, put: writing(store.put), create: writing(store.create) },
    };
    const errors: unknown[] = [];
    const minute = async (n: number): Promise<void> => {
      const next = clock.now() + MINUTE;
      const options = { until: clock.now() + 50_000, ttlMs: TTL, holder: `h${n}` };
      await drive(own, options).catch((thrown: unknown) => errors.push(thrown));
      clock.move(Math.max(0, next - clock.now()));
    };
    await putMissed(store, missedSlots());
    for (let n = 0; n < minutes; n += 1) await minute(n);
    const notified = () => world.published.filter(({ kind }) => kind === 'unreadable');
    const lift = async () => {
      stop.error = undefined;
      await minute(minutes);
    };
    return { ...world, errors, notified, lift };
  }
  const isLease = (key: string): boolean => key.startsWith(layout.leases);

  it('fails each drive with its key, what OBS said and what to do, and is notified of once', async () => {
    const { errors, notified, store, lift } = await refused(isLease, 90);
    expect(errors).toHaveLength(90);
    expect(errors[0]).toMatchObject({
      code: 'object_unwritable',
      message: `${layout.lease(1)} cannot be written: ${REFUSED}`,
      hint: expect.stringContaining('obs:object:PutObject') as string,
    });
    const key = `vault/${layout.lease(1)}`;
    expect(notified()).toMatchObject([{ reason: 'object_unwritable', object: { key } }]);
    expect(notified()[0]?.['detail']).toMatch(/403 AccessDenied.*No drive works until it can be/);
    const [shown] = await unreadableObjects(store);
    expect(shown).toMatchObject({ key: layout.lease(1), code: 'object_unwritable' });
    await lift();
    expect(errors).toHaveLength(90);
    expect(await unreadableObjects(store)).toEqual([]);
  });

  it('is notified of hourly where that cannot be recorded', async () => {
    const { notified } = await refused((key) => key.startsWith(layout.state), 180);
    expect(notified()).toHaveLength(3);
  });

  it('is notified of after the third failure that may be a short outage', async () => {
    const away = new PhonevaultError('service', 'HTTP 503');
    expect((await refused(isLease, 2, away)).notified()).toEqual([]);
    expect((await refused(isLease, 3, away)).notified()).toHaveLength(1);
  });
});
