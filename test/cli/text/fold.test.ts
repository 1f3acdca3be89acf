import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, foldCommand } from '../../../cli/text/fold.ts';

describe('fold', () => {
  it.each([
    ['one two three', 8, 'one two\n  three'],
    ['  one two three', 9, '  one two\n    three'],
    ['one two', Infinity, 'one two'],
    ['one\ntwo three', 5, 'one\ntwo\n  three'],
    ['a-word-that-does-not-fit here', 8, 'a-word-that-does-not-fit\n  here'],
    ['', 8, ''],
    ['云手机 备份', 8, '云手机\n  备份'],
    ['云手机没有备份', 8, '云手机没\n  有备份'],
    ['云手机，没有。', 6, '云手\n  机，\n  没\n  有。'],
    ['见（云手机）', 4, '见\n  （云\n  手\n  机）'],
    ['用 --json 列出', 9, '用 --json\n  列出'],
    ['\u001b[31m云手机\u001b[39m', 4, '\u001b[31m云手\u001b[39m\n  \u001b[31m机\u001b[39m'],
    ['\u001b[1mone two\u001b[22m', 4, '\u001b[1mone\u001b[22m\n  \u001b[1mtwo\u001b[22m'],
  ])('folds %j at %i', (text, columns, expected) => {
    expect(fold(text, columns)).toBe(expected);
  });

  it('keeps every word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (list, columns) => {
        expect(fold(list.join(' '), columns).split(/\s+/).filter(Boolean)).toEqual(list);
      }),
    );
  });

  it('ends each line of a folded command with a backslash', () => {
    expect(foldCommand('  $ phonevault runs --max 3', 20)).toBe(
      '  $ phonevault \\\n      runs --max 3',
    );
  });
});
