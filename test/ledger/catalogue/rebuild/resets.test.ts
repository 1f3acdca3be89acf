import { describe, expect, it } from 'vitest';
import {
  generationAt,
  readResets,
  recordResets,
} from '../../../../lib/ledger/catalogue/rebuild/resets.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { MAX_OBJECT_BYTES } from '../../../../lib/ledger/store/parts/split.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { recordReads } from '../../../support/fake-stores.ts';

const resets = (phones: Record<string, number>) => new Map(Object.entries(phones));

describe('recordResets', () => {
  it('keeps the last reset of each phone', async () => {
    const store = memoryStore(playClock());
    await recordResets(store, resets({ p1: 5, p2: 7 }));
    await recordResets(store, resets({ p1: 9, p2: 6 }));
    expect(await readResets(store)).toEqual(resets({ p1: 9, p2: 7 }));
  });

  it('writes nothing for what is known, and reads nothing without a reset', async () => {
    const store = memoryStore(playClock());
    await recordResets(store, resets({ p1: 5 }));
    const reads = recordReads(store);
    await recordResets(reads, resets({ p1: 5 }));
    await recordResets(reads, new Map());
    expect(reads.reads).toEqual([`get ${layout.resets}`]);
  });

  it('keeps the phones that were reset last, below the size of an object', async () => {
    const store = memoryStore(playClock());
    const many = Array.from(
      { length: 15_000 },
      (_, n) => [String(n).padStart(64, 'x'), 1_767_292_330_184 + n] as const,
    );
    await recordResets(store, new Map(many));
    const known = await readResets(store);
    expect(known.size).toBe(10_000);
    expect(known.has(many[14_999]?.[0] ?? '')).toBe(true);
    const [object] = await store.list(layout.resets);
    expect(object?.size).toBeLessThan(MAX_OBJECT_BYTES);
  });

  it('counts what cannot be used as absent', async () => {
    const store = memoryStore(playClock());
    await store.put(layout.resets, 'broken');
    expect(await readResets(store)).toEqual(new Map());
    await recordResets(store, resets({ p1: 5 }));
    expect(await readResets(store)).toEqual(resets({ p1: 5 }));
  });
});

describe('generationAt', () => {
  it.each([
    ['reset before the export', 10, { generation: 5 }],
    ['reset after it', 4, {}],
  ])('of a phone %s', (_, exportedAt, expected) => {
    expect(generationAt(resets({ p1: 5 }), 'p1', exportedAt)).toEqual(expected);
    expect(generationAt(resets({ p1: 5 }), 'p2', exportedAt)).toEqual({});
  });
});
