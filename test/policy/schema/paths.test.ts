import { expect, test } from 'vitest';
import { covers, pathProblems, withoutSlash } from '../../../lib/policy/schema/paths.ts';

test.each([
  '/data',
  '/cache',
  '/data/app',
  '/cache/x',
  '/data/app/com.x-*',
  '/data/a_b+c#d=e-1.2',
  `/data/${'x'.repeat(4090)}`,
])('accepts the path %s', (path) => {
  expect(pathProblems(path, 'include')).toEqual([]);
});

test.each([
  ['data/app', 'not in /data or /cache'],
  ['/', 'not in'],
  ['/sdcard', 'not in'],
  ['/database', 'not in'],
  ['/data*', 'not in'],
  ['/data/', 'contains // or ends with /'],
  ['/data//app', 'contains // or ends with /'],
  ['/data/./app', 'a folder named . or ..'],
  ['/data/../etc', 'a folder named . or ..'],
  ['/data/a b', '" " at character 8'],
  ['/data/a*b', '"*" at character 8'],
  ['/data/**', '"*" at character 7'],
  ['/data/é', '"é" at character 7'],
  ['/data/a\nb', '"\\u{a}" at character 8'],
  [`/data/${'x'.repeat(4091)}`, '4097 bytes'],
])('rejects the path %j: %s', (path, message) => {
  const problems = pathProblems(path, 'include');
  expect(problems.map((problem) => problem.message).join()).toContain(message);
});

test('reports each error of a path once', () => {
  expect(pathProblems('/etc//../a b', 'include')).toHaveLength(4);
});

test('suggests a valid path for /sdcard', () => {
  expect(pathProblems('/sdcard/DCIM', 'include')[0]?.hint).toContain('/data/media/0');
});

test('no hint widens an exclude', () => {
  const hint = (use: 'include' | 'exclude') => pathProblems('/data/data/*/cache', use)[0]?.hint;
  expect(hint('include')).toContain('"/data/data/*"');
  expect(hint('exclude')).toBe('List each excluded path by its full name.');
});

test.each([
  ['/data/app/', '/data/app'],
  ['/data', '/data'],
  ['/data//', '/data//'],
  ['/', '/'],
])('removes one slash at the end: %s', (path, expected) => {
  expect(withoutSlash(path)).toBe(expected);
});

test.each([
  ['/data/x', '/data/x', true],
  ['/data/x', '/data/x/y', true],
  ['/data/x', '/data/x/*', true],
  ['/data/x', '/data/xy', false],
  ['/data/x', '/data/x*', false],
  ['/data/x', '/data', false],
  ['/data/x*', '/data/x', true],
  ['/data/x*', '/data/xy/z', true],
  ['/data/x*', '/data/xy*', true],
  ['/data/xy*', '/data/x*', false],
  ['/data/x/*', '/data/x', true],
  ['/data/x/*', '/data/xy', false],
])('exclude %s covers include %s: %s', (exclude, include, expected) => {
  expect(covers(exclude, include)).toBe(expected);
});
