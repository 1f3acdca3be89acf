import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globMatcher, globProblems } from '../../../lib/policy/selection/glob.ts';

test.each([
  ['*', '', true],
  ['*', 'any/thing .x', true],
  ['game-*', 'game-1', true],
  ['game-*', 'Game-1', false],
  ['game-*', 'my-game-1', false],
  ['game-?', 'game-10', false],
  ['*-0001', 'phone-0001', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-b-b-d', false],
  ['?', '手', true],
  ['?', '😀', true],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[!a-c]x', 'dx', true],
  ['[]]x', ']x', true],
  ['[-a]', '-', true],
  ['[a-]', '-', true],
  ['[a-]', 'b', false],
  ['[b-d]', 'a', false],
  ['[ac]x', 'bx', false],
  ['[acb]', 'c', true],
  ['[ab{]x', '{x', true],
  ['a!b', 'a!b', true],
  ['x'.repeat(128), 'x'.repeat(128), true],
  ['[{]*', '{x', true],
  ['a.c', 'abc', false],
  ['(a)+', '(a)+', true],
])('pattern %s matches the name %j: %s', (glob, name, expected) => {
  expect(globProblems(glob)).toEqual([]);
  expect(globMatcher(glob)(name)).toBe(expected);
});

test.each(['', 'x'.repeat(129), 'a{b,c}', 'a|b', 'a\\*', '!a', '[', '[a', '[]', '[!]', '[z-a]'])(
  'rejects the pattern %j',
  (glob) => {
    expect(globProblems(glob)).toHaveLength(1);
  },
);

test('suggests select.exclude for a pattern that starts with !', () => {
  expect(globProblems('!a')[0]?.hint).toContain('select.exclude');
});

test('matches the same names as the equivalent regular expression', () => {
  const piece = fc.constantFrom('a', 'b', '*', '?', '[ab]', '[!a]');
  const glob = fc.array(piece, { minLength: 1, maxLength: 6 });
  const name = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
  const regexp: Record<string, string> = { '*': '.*', '?': '.', '[!a]': '[^a]' };
  fc.assert(
    fc.property(glob, name, (pieces, chars) => {
      const pattern = new RegExp(`^${pieces.map((part) => regexp[part] ?? part).join('')}$`);
      const text = chars.join('');
      expect(globMatcher(pieces.join(''))(text)).toBe(pattern.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('matches a pattern with 63 stars without exponential backtracking', () => {
  const matches = globMatcher(`${'*a'.repeat(63)}b`);
  expect(matches('a'.repeat(65))).toBe(false);
  expect(matches(`${'a'.repeat(65)}b`)).toBe(true);
});
