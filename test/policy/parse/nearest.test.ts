import { expect, test } from 'vitest';
import { nearest } from '../../../lib/policy/parse/nearest.ts';

const known = ['name', 'select', 'start_within', 'max_phones'];

test.each([
  ['nmae', 'name'],
  ['nam', 'name'],
  ['names', 'name'],
  ['Name', 'name'],
  ['startWithin', 'start_within'],
  ['max-phone', 'max_phones'],
  ['slect', 'select'],
])('%s means %s', (word, meant) => {
  expect(nearest(word, known)).toBe(meant);
});

test.each(['', '---', 'zzzz', 'nope', 'phones'])('%j is like none', (word) => {
  expect(nearest(word, known)).toBeUndefined();
});

test('two neighbours swapped are nearer than two letters replaced', () => {
  expect(nearest('form', ['farm', 'from'])).toBe('farm');
  expect(nearest('cofnig', ['cobbig', 'config'])).toBe('config');
});

test.each([
  ['abcd', 'xacd'],
  ['xacd', 'abcd'],
  ['abcdef', 'xycdfe'],
])('%s is not %s: no swap is counted where none is', (word, other) => {
  expect(nearest(word, [other])).toBeUndefined();
});
