import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { phoneParts, storedParts } from '../../../../lib/ledger/store/parts/parts.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { recordReads, withFailingStore } from '../../../support/fake-stores.ts';

const FOLDER = 'runs/nightly-1/plan/';
const numbers = phoneParts(z.number(), 10);
const list = Array.from({ length: 25 }, (_, n) => n);

function scene() {
  const store = memoryStore(playClock());
  const puts: string[] = [];
  const put: typeof store.put = (key, body) => (puts.push(key), store.put(key, body));
  const write = (items = list, options?: Parameters<typeof numbers.write>[3]) =>
    numbers.write({ put }, FOLDER, items, options);
  return { store, puts, write };
}

describe('phoneParts', () => {
  it('returns a list as it was written, in as few parts as hold it', async () => {
    const { store, puts, write } = scene();
    const keys = (await write()) ?? [];
    expect(puts).toEqual(keys);
    expect(keys).toHaveLength(3);
    expect(await numbers.read(store, keys)).toEqual(list);
    expect(await write([])).toEqual([]);
  });

  it('names a part by its content, so that no list changes the part of another', async () => {
    const { store, write } = scene();
    const keys = (await write()) ?? [];
    const longer = (await write([...list, 25])) ?? [];
    expect(longer.slice(0, 2)).toEqual(keys.slice(0, 2));
    expect(longer[2]).not.toBe(keys[2]);
    expect(await numbers.read(store, keys)).toEqual(list);
  });

  it('writes only the parts that are not stored', async () => {
    const { puts, write } = scene();
    const keys = (await write()) ?? [];
    puts.length = 0;
    expect(await write(list, { stored: new Set(keys.slice(1)) })).toEqual(keys);
    expect(puts).toEqual(keys.slice(0, 1));
  });

  it('serializes each item twice at most: to measure it, and to write it', async () => {
    const { store, puts } = scene();
    let serialized = 0;
    const items = list.map((n) => ({ toJSON: () => ((serialized += 1), n) }) as unknown as number);
    const put: typeof store.put = async (key) => void puts.push(key);
    await numbers.write({ put }, FOLDER, items);
    expect(puts).toHaveLength(3);
    expect(serialized).toBeLessThanOrEqual(2 * list.length);
  });

  it('serializes no more of a long list once a part cannot be written', async () => {
    let serialized = 0;
    const item = { toJSON: () => ((serialized += 1), 1) } as unknown as number;
    const put = () => Promise.reject(new Error('no time left'));
    const items = Array.from({ length: 1_000 }, () => item);
    await expect(numbers.write({ put }, FOLDER, items)).rejects.toThrow('no time left');
    expect(serialized).toBeLessThanOrEqual(2 * 8 * 10);
  });

  it('returns undefined when the time is up, and goes on with the next call', async () => {
    const { store, puts, write } = scene();
    expect(await write(list, { isTimeUp: () => puts.length >= 1 })).toBeUndefined();
    expect(puts).toHaveLength(1);
    const stored = await storedParts(store, FOLDER);
    expect(await write(list, { stored })).toHaveLength(3);
    expect(puts).toHaveLength(3);
  });

  it('throws for a part that is gone', async () => {
    const { store, write } = scene();
    const keys = (await write()) ?? [];
    await store.remove(keys.slice(1, 2));
    const error = { code: 'object_unreadable', key: keys[1] };
    await expect(numbers.read(store, keys)).rejects.toMatchObject(error);
  });

  it('throws for a part with the content of another', async () => {
    const { store, write } = scene();
    const [first = '', second = ''] = (await write()) ?? [];
    await store.put(first, (await store.get(second))?.body ?? '');
    const error = { code: 'object_invalid', key: first };
    await expect(numbers.read(store, [first])).rejects.toMatchObject(error);
  });

  it('reads at most eight parts at once', async () => {
    const { store, write } = scene();
    const keys = (await write(Array.from({ length: 200 }, (_, n) => n))) ?? [];
    const reads = recordReads(store);
    await numbers.read(reads, keys);
    expect(reads.maxInFlight()).toBe(8);
  });
});

describe('storedParts', () => {
  it('returns the keys of a folder, and none when it cannot be listed', async () => {
    const { store, write } = scene();
    const keys = (await write()) ?? [];
    expect(await storedParts(store, FOLDER)).toEqual(new Set(keys));
    const { store: broken } = withFailingStore({ store }, 'list');
    expect(await storedParts(broken, FOLDER)).toEqual(new Set());
  });
});
