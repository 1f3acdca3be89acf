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
])('finds for %s the similar name %s', (word, similar) => {
  expect(nearest(word, known)).toBe(similar);
});

test.each(['', '---', 'zzzz', 'nope', 'phones'])('finds no similar name for %j', (word) => {
  expect(nearest(word, known)).toBeUndefined();
});

test('ranks two swapped letters before two replaced letters', () => {
  expect(nearest('form', ['farm', 'from'])).toBe('farm');
  expect(nearest('cofnig', ['cobbig', 'config'])).toBe('config');
});

test.each([
  ['abcd', 'xacd'],
  ['xacd', 'abcd'],
  ['abcdef', 'xycdfe'],
])('does not count %s and %s as swapped letters', (word, other) => {
  expect(nearest(word, [other])).toBeUndefined();
});
