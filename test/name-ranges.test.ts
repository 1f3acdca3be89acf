import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstRanges, nameRanges } from '../lib/name-ranges.ts';

const texts = (names: string[]): string[] => nameRanges(names).map(({ text }) => text);

describe('nameRanges', () => {
  it.each([
    ['none', [], []],
    ['three that count up', ['g-0022', 'g-0020', 'g-0021'], ['g-0020 … 0022']],
    ['two that count up', ['g-2', 'g-1'], ['g-1', 'g-2']],
    ['a gap', ['g-1', 'g-2', 'g-3', 'g-5'], ['g-1 … 3', 'g-5']],
    ['numbers that grow wider', ['g9', 'g10', 'g11', 'g8'], ['g8 … 11']],
    ['zeros of another width', ['g08', 'g9', 'g10', 'g09'], ['g08', 'g9', 'g09', 'g10']],
    ['two prefixes', ['b1', 'b2', 'b3', 'a1'], ['a1', 'b1 … 3']],
    ['a name without a number', ['game', 'a'], ['a', 'game']],
    ['numbers alone', ['1', '2', '3'], ['1 … 3']],
    ['the same name', ['a1', 'a1', 'a2', 'a3'], ['a1 ×2', 'a2', 'a3']],
    ['a number too long to count', [`x${'9'.repeat(64)}`], [`x${'9'.repeat(64)}`]],
    ['digits of other scripts', ['手机１', '手机２', '手机３'], ['手机１', '手机２', '手机３']],
    ['an empty name', [''], ['']],
  ])('writes %s', (_, names, expected) => {
    expect(texts(names)).toEqual(expected);
  });

  it('names every phone once, in any order of the names', () => {
    const name = fc
      .tuple(fc.constantFrom('', 'a', 'g-', 'g-0'), fc.nat(30))
      .map((part) => part.join(''));
    fc.assert(
      fc.property(fc.array(name), fc.nat(), (names, turn) => {
        const ranges = nameRanges(names);
        expect(ranges.reduce((sum, { count }) => sum + count, 0)).toBe(names.length);
        const at = turn % Math.max(names.length, 1);
        expect(nameRanges([...names.slice(at), ...names.slice(0, at)])).toEqual(ranges);
      }),
    );
  });
});

describe('firstRanges', () => {
  const ranges = nameRanges(['a1', 'a2', 'a3', 'b', 'c', 'd', 'd']);

  it('stops at the number of texts, and counts the names that it leaves out', () => {
    expect(firstRanges(ranges, { max: 2, characters: 99 })).toEqual({
      texts: ['a1 … 3', 'b'],
      more: 3,
    });
  });

  it('stops at the number of characters, after at least one', () => {
    expect(firstRanges(ranges, { max: 9, characters: 7 })).toEqual({
      texts: ['a1 … 3', 'b'],
      more: 3,
    });
    expect(firstRanges(ranges, { max: 9, characters: 1 })).toEqual({ texts: ['a1 … 3'], more: 4 });
  });
});
