import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { table } from '../../../cli/text/table.ts';
import { cut, pad, widthOf } from '../../../cli/text/width.ts';

const RED = '\u001b[31mfailed\u001b[39m';

describe('table', () => {
  it('sets columns under each other, colours not counted', () => {
    const text = table(
      [
        ['a', RED, '1'],
        ['bcd', 'ok', '23'],
      ],
      Infinity,
      {
        head: ['id', 'outcome', 'n'],
        right: [2],
      },
    );

    expect(text.split('\n')).toEqual(['id   outcome   n', `a    ${RED}    1`, 'bcd  ok       23']);
  });

  it('lets the widest column give way, never one that must stay whole', () => {
    const id = 'run-0123456789-0123456789';
    const text = table([[id, 'a reason that is long enough to be cut']], 40, { whole: [0] });

    expect(text).toBe(`${id}  a reason tha…`);
  });

  it('makes paragraphs where even the least does not fit', () => {
    const id = 'run-0123456789-0123456789-0123456789-0123456789';
    const text = table([[id, 'nightly', '', '12 of 12 phones']], 20, {
      head: ['run', 'policy', 'note', 'exported'],
      whole: [0],
    });

    expect(text).toBe(`${id}\n  policy: nightly\n  exported: 12 of 12\n    phones`);
  });

  it('is never wider than it may be while there is room for six cells a column', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constant('云手机备份'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 22, max: 80 }),
        (rows, columns) => {
          const plain = rows.map((row) => row.map((text) => text.replace(/[\p{C}\s]/gu, '.')));
          for (const line of table(plain, columns).split('\n')) {
            expect(widthOf(line)).toBeLessThanOrEqual(columns);
          }
        },
      ),
    );
  });

  it('is empty without rows', () => {
    expect(table([], 40)).toBe('');
  });
});

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
    [RED, 4, '\u001b[31mfai…\u001b[39m'],
    ['ab', 1, '…'],
  ])('cuts %j to %i', (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });

  it('fills up from either side', () => {
    expect(pad('云', 4)).toBe('云  ');
    expect(pad('7', 3, 'right')).toBe('  7');
  });
});
