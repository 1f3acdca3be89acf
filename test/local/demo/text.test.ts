import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, elapsed, fold, plural, wrap } from '../../../local/demo/text.ts';

describe('wrap', () => {
  it('fills lines up to the width and indents each', () => {
    expect(wrap(['aa', 'bb', 'cc'], 7, '  ')).toEqual(['  aa bb', '  cc']);
  });

  it('keeps every word, in order, within the width unless the word itself is longer', () => {
    const word = fc.stringMatching(/^[a-z]{1,30}$/);
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 1, max: 60 }), (words, width) => {
        const lines = wrap(words, width);
        expect(lines.flatMap((line) => line.split(' '))).toEqual(words);
        for (const line of lines) {
          expect(line.length <= width || !line.includes(' ')).toBe(true);
        }
      }),
    );
  });
});

describe('fold', () => {
  it('keeps line breaks and sets off what it continues', () => {
    expect(fold('one two three\nfour', 8)).toEqual(['one two', '  three', 'four']);
  });

  it('keeps empty lines', () => {
    expect(fold('a\n\nb', 10)).toEqual(['a', '', 'b']);
  });

  it.each([20, 40, 80])('loses no word at %d columns', (width) => {
    const text = `Report: obs://bucket/${'x'.repeat(60)} and ${'word '.repeat(30)}end`;
    const lines = fold(text, width);
    expect(lines.join(' ').split(/\s+/)).toEqual(text.split(/\s+/));
  });
});

describe('figures', () => {
  it.each([
    [0, '0 s'],
    [26_400, '26 s'],
    [59_600, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('%d ms is %s', (ms, text) => expect(elapsed(ms)).toBe(text));

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 KB'],
    [3_140_000, '3.1 MB'],
    [250_000_000, '250 MB'],
    [5_000_000_000_000, '5000 GB'],
  ])('%d bytes are %s', (count, text) => expect(bytes(count)).toBe(text));

  it.each([
    [1, '1 phone'],
    [0, '0 phones'],
    [2, '2 phones'],
  ])('%d of phone is %s', (count, text) => expect(plural(count, 'phone')).toBe(text));
});
