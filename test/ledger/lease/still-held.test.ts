import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { takeLease, type UnreadableLease } from '../../../lib/ledger/lease/lease.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Conditional, Store } from '../../../lib/ledger/store/store.ts';
import { playClock } from '../../../testing/play-clock.ts';

const TTL = 90_000;

/** A bucket that refuses GET for some keys, whether there is such an object or not. */
function refusing(conditional: Conditional, isRefused: (key: string) => boolean) {
  const clock = playClock();
  const store = memoryStore(clock, conditional);
  const get: Store['get'] = (key) =>
    isRefused(key) ? Promise.reject(new PhonevaultError('access_denied', '403')) : store.get(key);
  const notified: UnreadableLease[] = [];
  const onUnreadable = (found: UnreadableLease): void => void notified.push(found);
  const take = (holder: string) =>
    takeLease({ ...store, get }, { clock, holder, ttlMs: TTL, onUnreadable });
  return { clock, notified, take };
}

const isLease = (key: string): boolean => key.startsWith(layout.leases);
const isLeaseOrCopy = (key: string): boolean => isLease(key) || key === layout.leaseCopy;

describe.each<Conditional>(['honoured', 'ignored', 'refused'])(
  'a lease where the bucket returns none, conditional PUT %s',
  (conditional) => {
    it('is held by one drive at a time, as its copy says', async () => {
      const { clock, take } = refusing(conditional, isLease);
      const first = await take('a');
      expect(await first?.stillHeld()).toBe(true);
      expect(await take('b')).toBeUndefined();
      clock.move(TTL + 1);
      const second = await take('b');
      expect([await first?.stillHeld(), await second?.stillHeld()]).toEqual([false, true]);
      await second?.release();
      expect((await take('c'))?.epoch).toBe(3);
    });
  },
);

describe('a lease where the bucket returns neither it nor its copy', () => {
  it('is held until it ends where conditional PUT is honoured', async () => {
    const { clock, take } = refusing('honoured', isLeaseOrCopy);
    const lease = await take('a');
    expect(await lease?.stillHeld()).toBe(true);
    clock.move(TTL + 1);
    expect(await lease?.stillHeld()).toBe(false);
  });

  it.each(['ignored', 'refused'] as const)(
    'is not taken where it is %s, and stops all drives',
    async (conditional) => {
      const { notified, take } = refusing(conditional, isLeaseOrCopy);
      expect(await take('a')).toBeUndefined();
      expect(notified).toMatchObject([{ stopsAll: true, error: { key: layout.lease(1) } }]);
    },
  );
});
