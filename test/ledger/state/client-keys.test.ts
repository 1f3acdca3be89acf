import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { claimKey } from '../../../lib/ledger/state/client-keys.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { agendaClock, playClock } from '../../../testing/play-clock.ts';
import { laggingStore } from '../../support/lagging-store.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

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
            list: s.scheduleFunction(store.list),
            put: s.scheduleFunction(async (key: string, body: string) => {
              if (ticking) clock.move(1);
              return store.put(key, body);
            }),
            remove: s.scheduleFunction(async (keys: string[]) => store.remove(keys)),
          };
          const deps = { store: slow, clock: still, random: Math.random };
          const claims = uses.map(async (use) => ({ use, result: await claimKey(deps, 'k', use) }));
          await s.waitFor(Promise.all(claims));
          const claimed = (await Promise.all(claims)).filter(({ result }) => result === 'claimed');
          expect(new Set(claimed.map(({ use }) => use)).size).toBeLessThanOrEqual(1);
          if (ticking) expect(claimed.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the uses of keys', () => {
  const WEEK = 7 * 24 * 60 * MINUTE;

  it('count for a week, and then make room for another use of the same key', async () => {
    const { clock, claim, store } = setUp();
    const [first = { policy: '' }, second = { policy: '' }] = USES;
    await claim(first);
    clock.move(WEEK);
    expect(await claim(second)).toBe('taken');
    clock.move(1);
    expect(await claim(second)).toBe('claimed');
    expect(await claim(first)).toBe('taken');
    expect(await store.list('state/keys/')).toHaveLength(1);
  });

  it('stay about as many as a week has, and cost no LIST that a claim does not need anyway', async () => {
    const { clock, store } = setUp();
    const calls = { list: 0, remove: 0 };
    const counted: typeof store = {
      ...store,
      list: (...args) => ((calls.list += 1), store.list(...args)),
      remove: (keys) => ((calls.remove += 1), store.remove(keys)),
    };
    for (let n = 0; n < 600; n += 1) {
      clock.move(WEEK / 200);
      await claimKey({ store: counted, clock, random: () => 0.5 }, `k${n}`, { policy: 'a' });
    }
    expect((await store.list('state/keys/')).length).toBeLessThan(250);
    expect(calls.list).toBe(2 * 600);
    expect(calls.remove).toBeLessThan(600);
  });

  it('count no more after a week even when they cannot be deleted, and keep no use from being accepted', async () => {
    const { clock, store, claim } = setUp();
    const [first = { policy: '' }, second = { policy: '' }] = USES;
    await claim(first);
    clock.move(WEEK + 1);
    const remove = () => Promise.reject(new PhonevaultError('unreachable', 'no response'));
    const deps = { store: { ...store, remove }, clock, random: () => 0.5 };
    expect(await claimKey(deps, 'k', second)).toBe('claimed');
  });
});

type Use = Parameters<typeof claimKey>[2];

/** The first LIST of `late` is empty, as if it ran before the others wrote. */
function racing() {
  const clock = agendaClock(T0);
  const store = memoryStore(clock, 'ignored');
  const claim = (use: Use, random = 0.5) =>
    claimKey({ store, clock, random: () => random }, 'k', use);
  const late = (use: Use, random = 0.5) => {
    let lookups = 0;
    const list: typeof store.list = async (...args) =>
      (lookups += 1) === 1 ? [] : store.list(...args);
    return claimKey({ store: { ...store, list }, clock, random: () => random }, 'k', use);
  };
  const keys = async () => (await store.list('')).map(({ key }) => key);
  return { clock, store, claim, late, keys };
}

async function keyOf(use: Use, random = 0.5): Promise<string> {
  const { claim, keys } = racing();
  await claim(use, random);
  return (await keys())[0] ?? '';
}

/** The uses in the order in which the bucket lists them, which decides between those of one millisecond. */
async function byName() {
  const named = await Promise.all(USES.map(async (use) => ({ use, key: await keyOf(use) })));
  const [first, second, third] = named.sort((a, b) => (a.key < b.key ? -1 : 1));
  if (first === undefined || second === undefined || third === undefined) throw new Error('three');
  return { first, second, third };
}

describe('a claim', () => {
  it('shows the policy, and neither the key nor the phones', async () => {
    const { store, keys } = racing();
    const deps = { store, clock: playClock(), random: () => 0.5 };
    await claimKey(deps, 'order-4711', { policy: 'nightly', phones: ['p1'] });
    const [key = '', ...others] = await keys();
    expect(others).toEqual([]);
    expect(key).toMatch(/^state\/keys\/[0-9a-f]{32}\/[0-9a-f]{16}-800000000000\.json$/);
    const body = (await store.get(key))?.body ?? '';
    expect(JSON.parse(body)).toEqual({ version: 1, policy: 'nightly' });
  });

  it('differs when it names other phones, or none', async () => {
    const uses = [{ policy: 'a' }, { policy: 'a', phones: [] }, { policy: 'a', phones: ['p1'] }];
    expect(new Set(await Promise.all(uses.map((use) => keyOf(use)))).size).toBe(3);
    expect(await keyOf({ policy: 'a', phones: undefined })).toBe(await keyOf({ policy: 'a' }));
  });
});

describe('claimKey, when several callers read before any of them wrote', () => {
  it('gives the key to the caller that wrote first, and deletes the claims of the others', async () => {
    const { clock, claim, late, keys } = racing();
    const { first, second } = await byName();
    // Whatever the order of the names.
    await claim(second.use);
    clock.move(1);
    expect(await late(first.use)).toBe('taken');
    expect(await keys()).toEqual([second.key]);
    expect(clock.now()).toBe(T0 + 1);
  });

  it('gives the key to the same use again', async () => {
    const { clock, claim, late } = racing();
    await claim({ policy: 'a' });
    clock.move(1);
    expect(await late({ policy: 'a' }, 0.1)).toBe('claimed');
    expect(clock.now()).toBe(T0 + 1);
  });

  it('makes the first by name wait for the other to yield when both wrote in one millisecond', async () => {
    const { clock, store, late, keys } = racing();
    const { first, second } = await byName();
    await store.put(second.key, '{}');
    clock.at(T0 + 350, () => store.remove([second.key]));
    expect(await late(first.use)).toBe('claimed');
    expect(clock.now()).toBe(T0 + 400);
    expect(await keys()).toEqual([first.key]);
  });

  it('makes the first by name yield after a second, since the other may have the key', async () => {
    const { clock, store, late, keys } = racing();
    const { first, second } = await byName();
    await store.put(second.key, '{}');
    expect(await late(first.use)).toBe('taken');
    expect(clock.now()).toBe(T0 + 1_000);
    expect(await keys()).toEqual([second.key]);
  });

  it('makes the later by name yield at once, also when a third comes after it', async () => {
    const { clock, store, late, keys } = racing();
    const { first, second, third } = await byName();
    await store.put(first.key, '{}');
    await store.put(third.key, '{}');
    expect(await late(second.use)).toBe('taken');
    expect(clock.now()).toBe(T0);
    expect(await keys()).toEqual([first.key, third.key]);
  });

  it('uses the oldest of several claims of one use', async () => {
    const { clock, store, claim, late } = racing();
    const { first, second } = await byName();
    for (const key of [await keyOf(first.use, 0.9), second.key, await keyOf(first.use, 0.1)]) {
      await store.put(key, '{}');
      clock.move(1);
    }
    expect(await claim(first.use)).toBe('claimed');
    expect(await claim(second.use)).toBe('taken');
    expect(await late(first.use, 0.2)).toBe('claimed');
    expect(await late(second.use, 0.2)).toBe('taken');
  });

  it('gives the key to a use that LIST does not show yet, after a second', async () => {
    const { clock, store, keys } = racing();
    const lagging = laggingStore(store, clock, () => 5_000);
    const claimLate = (use: Use) =>
      claimKey({ store: lagging, clock, random: () => 0.5 }, 'k', use);
    expect(await claimLate({ policy: 'a' })).toBe('claimed');
    expect(clock.now()).toBe(T0 + 800);
    expect(await keys()).toHaveLength(1);
    clock.move(5_000);
    expect(await claimLate({ policy: 'a' })).toBe('claimed');
    expect(await claimLate({ policy: 'b' })).toBe('taken');
  });

  it('yields to a use that LIST shows while it does not show its own claim', async () => {
    const { clock, store, late } = racing();
    const { first, second } = await byName();
    await store.put(second.key, '{}');
    clock.move(1);
    const unlisting: typeof store.list = async (...args) =>
      (await store.list(...args)).filter(({ key }) => key === second.key);
    let lookups = 0;
    const list: typeof store.list = async (...args) =>
      (lookups += 1) === 1 ? [] : unlisting(...args);
    const deps = { store: { ...store, list }, clock, random: () => 0.5 };
    expect(await claimKey(deps, 'k', first.use)).toBe('taken');
    expect(await late(second.use, 0.9)).toBe('claimed');
  });
});
