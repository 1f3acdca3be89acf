import { expect, test } from 'vitest';
import { isSuspect, SIZES } from '../../../lib/ledger/catalogue/suspect.ts';

/** Returns the positions of the suspect sizes, each judged by those before it. */
const suspects = (sizes: number[]): number[] =>
  sizes.flatMap((size, at) =>
    isSuspect(size, sizes.slice(Math.max(0, at - SIZES), at)) ? [at] : [],
  );

test.each<[string, number[], number[]]>([
  ['three that lost nearly all', [120, 121, 119, 6, 5, 5], [3, 4, 5]],
  ['half of the median is enough', [100, 50], []],
  ['under half is suspect', [100, 49], [1]],
  ['the median of an even number is in the middle', [100, 50, 60, 80, 34], [4]],
  ['the first archive never is', [1], []],
  [
    'only the last ten count',
    [...Array<number>(20).fill(100), ...Array<number>(10).fill(10), 10],
    [20, 21, 22, 23, 24, 25],
  ],
])('%s', (_, sizes, expected) => {
  expect(suspects(sizes)).toEqual(expected);
});
