import { describe, expect, it } from 'vitest';
import { layout } from '../../lib/ledger/layout.ts';
import { takeLease } from '../../lib/ledger/lease.ts';
import { memoryStore } from '../../lib/ledger/memory-store.ts';
import type { Conditional, Store } from '../../lib/ledger/store.ts';
import { playClock } from '../support/play-clock.ts';

const TTL = 90_000;

function setUp(conditional: Conditional = 'honoured') {
  const clock = playClock();
  const store = memoryStore(clock, conditional);
  const take = (holder: string, through: Store = store) =>
    takeLease(through, { clock, holder, ttlMs: TTL });
  return { clock, store, take };
}

describe.each<Conditional>(['honoured', 'ignored', 'refused'])('takeLease, %s', (conditional) => {
  it('gives the lease to one at a time', async () => {
    const { take } = setUp(conditional);
    const first = await take('a');
    expect(first?.epoch).toBe(1);
    expect(first?.conditional).toBe(conditional);
    expect(await take('b')).toBeUndefined();
  });

  it('gives it on after release, and after its time', async () => {
    const { clock, take } = setUp(conditional);
    await (await take('a'))?.release();
    const second = await take('b');
    expect(second?.epoch).toBe(2);
    clock.move(TTL + 1);
    const third = await take('c');
    expect(third?.epoch).toBe(3);
    expect(await second?.stillHeld()).toBe(false);
    expect(await third?.stillHeld()).toBe(true);
  });

  it('lets a late release of a dead holder change nothing', async () => {
    const { clock, take } = setUp(conditional);
    const dead = await take('a');
    clock.move(TTL + 1);
    const living = await take('b');
    await dead?.release();
    expect(await living?.stillHeld()).toBe(true);
    expect(await take('c')).toBeUndefined();
  });
});

describe('takeLease', () => {
  it('gives it to one of two who write at the same moment, whatever the bucket does', async () => {
    for (const conditional of ['honoured', 'ignored', 'refused'] as const) {
      const { store, take } = setUp(conditional);
      let waiting: (() => void)[] = [];
      // Both look before either writes.
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
      const [a, b] = await Promise.all([take('a', together), take('b', together)]);
      expect([a, b].filter((lease) => lease !== undefined)).toHaveLength(1);
    }
  });

  it('respects a lease that it cannot read for as long as a good one', async () => {
    const { clock, store, take } = setUp();
    await store.put(layout.lease(7), '{"version":9}');
    expect(await take('a')).toBeUndefined();
    clock.move(TTL + 1);
    expect((await take('a'))?.epoch).toBe(8);
  });

  it('keeps the folder small', async () => {
    const { store, take } = setUp();
    for (let round = 0; round < 5; round += 1) await (await take('a'))?.release();
    expect((await store.list(layout.leases)).length).toBeLessThanOrEqual(2);
  });
});
