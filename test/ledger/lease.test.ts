import { describe, expect, it } from 'vitest';
import { takeLease } from '../../lib/ledger/lease.ts';
import { memoryStore } from '../../lib/ledger/memory-store.ts';
import type { Store } from '../../lib/ledger/store.ts';
import { playClock } from '../support/play-clock.ts';

// What holds in every store: lease-suite.ts.
describe('takeLease', () => {
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
