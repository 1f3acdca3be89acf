import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { table } from '../../../cli/text/table.ts';
import { widthOf } from '../../../cli/text/width.ts';

const RED = '\u001b[31mfailed\u001b[39m';

describe('table', () => {
  it('aligns columns without counting colours', () => {
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

  it('cuts the widest column, never one that must stay whole', () => {
    const id = 'run-0123456789-0123456789';
    const text = table([[id, 'a reason that is long enough to be cut']], 40, { whole: [0] });

    expect(text).toBe(`${id}  a reason tha…`);
  });

  it('prints a paragraph for each row where six cells a column do not fit', () => {
    const id = 'run-0123456789-0123456789-0123456789-0123456789';
    const text = table([[id, 'nightly', '', '12 of 12 phones']], 20, {
      head: ['run', 'policy', 'note', 'exported'],
      whole: [0],
    });

    expect(text).toBe(`${id}\n  policy: nightly\n  exported: 12 of 12\n    phones`);
  });

  it('stays within its width while six cells a column fit', () => {
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
