import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimKey } from '../../lib/ledger/client-keys.ts';
import { memoryStore } from '../../lib/ledger/memory-store.ts';
import { playClock } from '../support/play-clock.ts';

const USES = [{ policy: 'a' }, { policy: 'b' }, { policy: 'a', phones: ['p1'] }];

function setUp() {
  const clock = playClock();
  const store = memoryStore(clock, 'ignored');
  const claim = (use: (typeof USES)[number], key = 'k') =>
    claimKey({ store, clock, random: Math.random }, key, use);
  return { clock, store, claim };
}

describe('claimKey', () => {
  it('gives a key to its first use, again and again, and to no other', async () => {
    const { clock, store, claim } = setUp();
    const [first = { policy: '' }, ...others] = USES;
    expect(await claim(first)).toBe('claimed');
    clock.move(1);
    for (const other of others) expect(await claim(other)).toBe('taken');
    expect(await claim(first)).toBe('claimed');
    expect(await claim(others[0] ?? first, 'another key')).toBe('claimed');
    expect(await store.list('state/keys/')).toHaveLength(2);
  });

  it('gives it to one use at most when they come at once, in any order of the calls to the bucket', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...USES), { minLength: 2, maxLength: 6 }),
        fc.scheduler(),
        fc.boolean(),
        async (uses, s, ticking) => {
          const { clock, store } = setUp();
          const still = { ...clock, sleep: async () => undefined };
          const slow = {
            list: s.scheduleFunction(async (prefix: string) => store.list(prefix)),
            put: s.scheduleFunction(async (key: string, body: string) => {
              if (ticking) clock.move(1);
              return store.put(key, body);
            }),
            remove: s.scheduleFunction(async (keys: string[]) => store.remove(keys)),
          };
          const deps = { store: slow, clock: still, random: Math.random };
          const asked = uses.map(async (use) => ({ use, answer: await claimKey(deps, 'k', use) }));
          await s.waitFor(Promise.all(asked));
          const claimed = (await Promise.all(asked)).filter(({ answer }) => answer === 'claimed');
          expect(new Set(claimed.map(({ use }) => use)).size).toBeLessThanOrEqual(1);
          if (ticking) expect(claimed.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
