import { describe, expect, it } from 'vitest';
import {
  tagCountProblems,
  tagKeyProblems,
  tagValueProblems,
} from '../../../lib/policy/selection/tags.ts';

describe('the tags of a selection', () => {
  it.each(['env', '环境 1', 'a.b:c=d+e-f@g', 'k'.repeat(127)])('may have the key %j', (key) => {
    expect(tagKeyProblems(key)).toEqual([]);
  });

  it.each(['', 'k'.repeat(128), '_sys_owner', 'a/b', 'a\nb', 'a*'])(
    'may not have the key %j',
    (key) => expect(tagKeyProblems(key)).toHaveLength(1),
  );

  it.each(['', 'prod', '生产 1', 'v'.repeat(255), '*'])('may have the value %j', (value) => {
    expect(tagValueProblems(value)).toEqual([]);
  });

  it.each([' prod', 'prod ', 'v'.repeat(256), 'a\tb', 'a\ud800'])(
    'may not have the value %j',
    (value) => expect(tagValueProblems(value)).toHaveLength(1),
  );

  it('are one to ten keys', () => {
    const tags = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, ['v']]));
    expect([0, 1, 10, 11].map((count) => tagCountProblems(tags(count)).length)).toEqual([
      1, 0, 0, 1,
    ]);
  });
});
