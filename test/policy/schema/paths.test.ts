import { expect, test } from 'vitest';
import { covers, pathProblems } from '../../../lib/policy/schema/paths.ts';

test.each([
  '/data',
  '/cache',
  '/data/app',
  '/cache/x',
  '/data/app/com.x-*',
  '/data/a_b+c#d=e-1.2',
  `/data/${'x'.repeat(4090)}`,
])('%s is taken', (path) => {
  expect(pathProblems(path, 'narrow')).toEqual([]);
});

test.each([
  ['data/app', 'not below /data or /cache'],
  ['/', 'not below'],
  ['/sdcard', 'not below'],
  ['/database', 'not below'],
  ['/data*', 'not below'],
  ['/data/', 'empty part'],
  ['/data//app', 'empty part'],
  ['/data/./app', 'a part . or ..'],
  ['/data/../etc', 'a part . or ..'],
  ['/data/a b', '" " at character 8'],
  ['/data/a*b', '"*" at character 8'],
  ['/data/**', '"*" at character 7'],
  ['/data/é', '"é" at character 7'],
  ['/data/a\nb', '"\\u{a}" at character 8'],
  ['/data/~x', '"~" at character 7'],
  [`/data/${'x'.repeat(4091)}`, '4097 bytes'],
])('%j is refused: %s', (path, message) => {
  const problems = pathProblems(path, 'narrow');
  expect(problems.map((problem) => problem.message).join()).toContain(message);
});

test('every fault of a path is told, each once', () => {
  expect(pathProblems('/etc//../a b', 'narrow')).toHaveLength(4);
});

test('the sdcard and characters out of reach come with a way around', () => {
  expect(pathProblems('/sdcard/DCIM', 'narrow')[0]?.hint).toContain('/data/media/0');
  expect(pathProblems('/data/app/~~x==/p', 'narrow')[0]?.hint).toContain('"/data/app/*"');
});

test('the wide edition takes ~ and nothing else', () => {
  expect(pathProblems('/data/app/~~x==/p', 'wide')).toEqual([]);
  expect(pathProblems('/data/a*b', 'wide')).toMatchObject([
    { allowed: 'A-Z a-z 0-9 . / - _ + # = ~ and * as the last character' },
  ]);
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
])('the exclude %s covers the include %s: %s', (exclude, include, expected) => {
  expect(covers(exclude, include)).toBe(expected);
});
