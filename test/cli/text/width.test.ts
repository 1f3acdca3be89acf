import { describe, expect, it } from 'vitest';
import { cut, pad, widthOf } from '../../../cli/text/width.ts';

const RED = '\u001b[31mfailed\u001b[39m';

describe('width', () => {
  it.each([
    ['abc', 3],
    ['云手机', 6],
    ['カタ', 4],
    [RED, 6],
    ['e\u0301', 1],
    ['🙂', 2],
    ['', 0],
  ])('of %j is %i cells', (text, cells) => {
    expect(widthOf(text)).toBe(cells);
  });

  it.each([
    ['abcdef', 4, 'abc…'],
    ['abcd', 4, 'abcd'],
    ['云手机备份', 6, '云手…'],
    [RED, 4, '\u001b[31mfai\u001b[39m…'],
    ['ab', 1, '…'],
    ['云手', 2, '…'],
    ['云手', 3, '云…'],
  ])('cuts %j to %i cells', (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });

  it('fills a text up to a width', () => {
    expect(pad('云', 4)).toBe('云  ');
  });
});
