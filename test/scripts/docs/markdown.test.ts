import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fill, inline, table } from '../../../scripts/docs/markdown.ts';

describe('table', () => {
  it('keeps a cell with a bar in one column', () => {
    const text = table(['A', 'B'], [['always | change', '`x`']]);
    expect(text).toBe('| A | B |\n|---|---|\n| always \\| change | `x` |');
  });
});

describe('inline', () => {
  it.each([
    ['nightly', 'nightly'],
    ['/data/data', '/data/data'],
    ['10m', '10m'],
    [['a', 'b'], '[a, b]'],
    [{ when: 'problems' }, '{ when: problems }'],
    [{}, '{}'],
    [true, 'true'],
    [3, '3'],
    ['0 30 2 * * *', '"0 30 2 * * *"'],
    ['game-*', '"game-*"'],
  ])('writes %j as %s', (value, text) => expect(inline(value)).toBe(text));

  it.each(['3', '', ' a', 'a: b', '-', '~', '10', '#x', '0123'])(
    'quotes the text %j, which YAML would read as something else',
    (text) => expect(parse(inline(text))).toBe(text),
  );
});

describe('fill', () => {
  const template = 'a\n<!-- insert: fields select -->\nb';

  it('replaces each line that names a part', () => {
    expect(fill(template, { 'fields select': '$1 rows' })).toBe('a\n$1 rows\nb');
  });

  it('refuses a page that lacks a part, or does not use one', () => {
    expect(() => fill(template, {})).toThrow('the part "fields select" is missing');
    expect(() => fill('a', { one: '', two: '' })).toThrow('unused parts: one, two');
  });
});
