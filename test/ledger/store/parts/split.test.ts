import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countFitting,
  MAX_OBJECT_BYTES,
  splitList,
} from '../../../../lib/ledger/store/parts/split.ts';

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const texts = (count: number, text: string) => Array.from({ length: count }, () => text);

describe('splitList', () => {
  it('keeps every item, in order, in lists of at most so many', () => {
    const items = Array.from({ length: 25 }, (_, n) => n);
    const lists = splitList(items, 10);
    expect(lists.map((list) => list.length)).toEqual([10, 10, 5]);
    expect(lists.flat()).toEqual(items);
    expect(splitList([], 10)).toEqual([]);
  });

  it.each([
    ['Latin', 'a'],
    ['Chinese', '云'],
    ['escaped', '\u0000'],
  ])('keeps lists of long %s texts below the size of an object', (_, character) => {
    const lists = splitList(texts(2_000, character.repeat(1_024)), 5_000);
    expect(lists.flat()).toHaveLength(2_000);
    expect(Math.max(...lists.map(bytesOf))).toBeLessThan(MAX_OBJECT_BYTES);
    expect(lists.length).toBeLessThan(20);
  });

  it('gives an item of any size a list', () => {
    const large = 'a'.repeat(2 * MAX_OBJECT_BYTES);
    expect(splitList(['b', large, 'c'], 10)).toEqual([['b'], [large], ['c']]);
  });

  it('splits a longer list at the same places as its beginning', () => {
    const item = fc.nat(400_000).map((length) => 'a'.repeat(length));
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), fc.nat(12), (items, count) => {
        const [short, long] = [splitList(items.slice(0, count), 5), splitList(items, 5)];
        expect(long.slice(0, Math.max(0, short.length - 1))).toEqual(short.slice(0, -1));
      }),
      { numRuns: 50 },
    );
  });
});

describe('countFitting', () => {
  it.each<[string, unknown[], number, number]>([
    ['none of none', [], 10, 0],
    ['all that are few and small', [1, 2, 3], 10, 3],
    ['no more than the given number', [1, 2, 3], 2, 2],
    ['one of any size', ['a'.repeat(2 * MAX_OBJECT_BYTES), 'b'], 10, 1],
    ['those below the size of an object', texts(10, 'a'.repeat(200_000)), 10, 4],
  ])('counts %s', (_, items, most, count) => {
    expect(countFitting(items, most)).toBe(count);
  });
});
