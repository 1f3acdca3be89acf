import { expect, test } from 'vitest';
import { clip, pathText, show } from '../../../lib/policy/parse/validation-error.ts';

test.each<[unknown, string]>([
  [undefined, 'nothing'],
  [null, 'nothing'],
  ['', '""'],
  ['x'.repeat(64), `"${'x'.repeat(64)}"`],
  ['x'.repeat(65), `"${'x'.repeat(64)}…"`],
  [7, 'the number 7'],
  [true, 'true'],
  [false, 'false'],
  [[], 'an empty list'],
  [['a', 'b'], 'a list of 2'],
  [{}, 'an empty mapping'],
  [{ a: 1 }, 'a mapping'],
])('describes %j as %s', (value, shown) => {
  expect(show(value)).toBe(shown);
});

test('escapes characters that break lines, reverse text or are invisible', () => {
  expect(clip('a\n\u0007\u202e\u2028\u200bz')).toBe('a\\u{a}\\u{7}\\u{202e}\\u{2028}\\u{200b}z');
});

test.each<[(string | number)[], string]>([
  [[], ''],
  [['export', 'include', 1], 'export.include[1]'],
  [['select', 'server_tags', 'a b', 0], 'select.server_tags["a b"][0]'],
  [['<<'], '["<<"]'],
  [['a', '1st'], 'a["1st"]'],
  [['x'.repeat(70)], `${'x'.repeat(64)}…`],
])('formats the path %j as %s', (path, text) => {
  expect(pathText(path)).toBe(text);
});
