import { describe, expect, it } from 'vitest';
import { createPathMatcher, pathError } from '../../../../local/cph/archive/path-pattern.ts';

describe('pathFault', () => {
  it.each([
    ['/data', 'fine', 'fine'],
    ['/cache/recovery', 'fine', 'fine'],
    ['/data/app/com.xx.xx-*', 'fine', 'fine'],
    ['/data/app/~~abc==/x', 'fine', 'refused'],
    ['/data/*/x', 'refused', 'fine'],
    [`/data/${'a'.repeat(4090)}`, 'fine', 'fine'],
    [`/data/${'a'.repeat(4091)}`, 'refused', 'refused'],
    ['', 'refused', 'refused'],
    ['data/app', 'refused', 'refused'],
    ['/system', 'refused', 'refused'],
    ['/database', 'refused', 'refused'],
    ['/data/../system', 'refused', 'refused'],
    ['/data/a b', 'refused', 'refused'],
    ['/data/数据', 'refused', 'refused'],
    ['/data/a:b', 'refused', 'refused'],
  ])('%s is %s in the newer edition, %s in the older', (path, newer, older) => {
    const state = (fault: string | undefined) => (fault === undefined ? 'fine' : 'refused');
    expect([state(pathError(path, 'newer')), state(pathError(path, 'older'))]).toEqual([
      newer,
      older,
    ]);
  });
});

describe('createMatcher', () => {
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
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(createPathMatcher(pattern)(path)).toBe(expected);
  });

  it('does not hang on a hostile pattern', () => {
    const matches = createPathMatcher(`/data/${'a*'.repeat(2_000)}b`);
    const started = performance.now();
    expect(matches(`/data/${'a'.repeat(4_000)}`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
