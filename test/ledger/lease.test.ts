import { describe, expect, it } from 'vitest';
import { takeLease } from '../../lib/ledger/lease.ts';
import { memoryStore } from '../../lib/ledger/memory-store.ts';
import type { Conditional, Store } from '../../lib/ledger/store.ts';
import { playClock } from '../support/play-clock.ts';

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
  'takeLease where LIST lags, conditional PUT %s',
  (conditional) => {
    it('gives the lease, and holds it', async () => {
      const { take } = lagging(conditional);
      const first = await take('a');
      expect(first?.epoch).toBe(1);
      expect(await first?.stillHeld()).toBe(true);
      expect(await take('b')).toBeUndefined();
    });

    it('goes on from leases that LIST does not show yet', async () => {
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
  it.each<Conditional>(['honoured', 'ignored', 'refused'])(
    'knows its own lease where the network sends each PUT twice, conditional PUT %s',
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

  it('gives it to one of two who write at the same moment, whatever the bucket does', async () => {
    for (const conditional of ['honoured', 'ignored', 'refused'] as const) {
      const clock = playClock();
      const store = memoryStore(clock, conditional);
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
      const take = (holder: string) => takeLease(together, { clock, holder, ttlMs: 90_000 });
      const [a, b] = await Promise.all([take('a'), take('b')]);
      expect([a, b].filter((lease) => lease !== undefined)).toHaveLength(1);
    }
  });
});
