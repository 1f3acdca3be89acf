import { describe, expect, it } from 'vitest';
import { createPathMatcher, pathError } from '../../../../local/cph/archive/path-pattern.ts';

describe('pathError', () => {
  it.each([
    ['/data', 'valid', 'valid'],
    ['/cache/recovery', 'valid', 'valid'],
    ['/data/app/com.xx.xx-*', 'valid', 'valid'],
    ['/data/app/~~abc==/x', 'valid', 'invalid'],
    ['/data/*/x', 'invalid', 'valid'],
    [`/data/${'a'.repeat(4090)}`, 'valid', 'valid'],
    [`/data/${'a'.repeat(4091)}`, 'invalid', 'invalid'],
    ['', 'invalid', 'invalid'],
    ['data/app', 'invalid', 'invalid'],
    ['/system', 'invalid', 'invalid'],
    ['/database', 'invalid', 'invalid'],
    ['/data/../system', 'invalid', 'invalid'],
    ['/data/a b', 'invalid', 'invalid'],
    ['/data/数据', 'invalid', 'invalid'],
    ['/data/a:b', 'invalid', 'invalid'],
  ])('finds %s %s in the newer edition, %s in the older', (path, newer, older) => {
    const state = (error: string | undefined) => (error === undefined ? 'valid' : 'invalid');
    expect([state(pathError(path, 'newer')), state(pathError(path, 'older'))]).toEqual([
      newer,
      older,
    ]);
  });
});

describe('createPathMatcher', () => {
  it.each([
    ['/data/data', '/data/data', true],
    ['/data/data', '/data/data/a/b', true],
    ['/data/data/', '/data/data/a', true],
    ['/data/data', '/data/database', false],
    ['/data/data', '/data', false],
    ['/data/app/com.x-*', '/data/app/com.x-1', true],
    ['/data/app/com.x-*', '/data/app/com.x-', true],
    ['/data/app/com.x-*', '/data/app/com.x-1/base.apk', true],
    ['/data/app/com.x-*', '/data/app/com.y-1', false],
    ['/data/app/*', '/data/app', false],
    ['/data/app/*', '/data/app/a', true],
    ['/data/*/cache', '/data/a/cache/x', true],
    ['/data/*/cache', '/data/a/b/cache', false],
    ['/data/a*b*c', '/data/axxbyybzc', true],
    ['/data/a*b*c', '/data/axxbyy', false],
  ])('matches %s with %s: %s', (pattern, path, expected) => {
    expect(createPathMatcher(pattern)(path)).toBe(expected);
  });

  it('matches a hostile pattern without exponential backtracking', () => {
    const matches = createPathMatcher(`/data/${'a*'.repeat(2_000)}b`);
    expect(matches(`/data/${'a'.repeat(4_000)}`)).toBe(false);
  });
});
