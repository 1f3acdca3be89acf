import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import {
  initialLimits,
  isLearned,
  type Limits,
  readLimits,
  writeLimits,
} from '../../../lib/ledger/state/limits.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';

describe('the learned limits', () => {
  it('start low', async () => {
    expect(await readLimits(memoryStore(playClock()))).toEqual({
      ...{ phones_per_call: 10, calls_per_minute: 8 },
      ...{ blocked_until: 0, recent: [] },
      reads: { calls_per_minute: 40, blocked_until: 0, recent: [] },
    });
  });

  it('are read as they were written', async () => {
    const store = memoryStore(playClock());
    const learned: Limits = {
      ...{
        phones_per_call: 33,
        accepted_size: 33,
        refused_size: 40,
        refused_size_at: 5,
      },
      ...{ calls_per_minute: 20, throttled_at: 3, grown_at: 4, export_ms: 40_000 },
      ...{ blocked_until: 6, recent: [1, 2] },
      reads: {
        ...{ calls_per_minute: 70, throttled_at: 3, grown_at: 4, refused_since: 2 },
        ...{ blocked_until: 6, recent: [1, 2] },
      },
    };
    await writeLimits(store, learned);
    expect(await readLimits(store)).toEqual(learned);
  });

  it.each([
    'nonsense',
    '{"version":2}',
    JSON.stringify({ version: 1, ...initialLimits, phones_per_call: 0 }),
    JSON.stringify({ version: 1, ...initialLimits, calls_per_minute: 0 }),
    JSON.stringify({ version: 1, ...initialLimits, export_ms: 0 }),
    JSON.stringify({ version: 1, ...initialLimits, recent: ['now'] }),
    JSON.stringify({ version: 1, ...initialLimits, reads: undefined }),
  ])('start low when the object holds %s', async (body) => {
    const store = memoryStore(playClock());
    await store.put(layout.limits, body);
    expect(await readLimits(store)).toEqual(initialLimits);
  });

  it.each<[Partial<Limits>, boolean]>([
    [{}, false],
    [{ recent: [1], export_ms: 9, accepted_size: 10, blocked_until: 7, grown_at: 4 }, false],
    [{ phones_per_call: 11 }, true],
    [{ calls_per_minute: 7 }, true],
    [{ refused_size: 40 }, true],
    [{ throttled_at: 1 }, true],
  ])('with %j count as learned: %s', (change, expected) => {
    expect(isLearned({ ...initialLimits, ...change })).toBe(expected);
  });
});
