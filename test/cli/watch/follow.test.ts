import { expect, it } from 'vitest';
import { followOptions, readFollow } from '../../../cli/watch/follow.ts';

it('draws a token of its own where none was given, and waits', () => {
  const [one, two] = [readFollow({}), readFollow({})];
  expect(one).toMatchObject({ wait: true, drive: false });
  expect(one.token).toMatch(/^[0-9a-f]{32}$/);
  expect(one.token).not.toBe(two.token);
});

it('refuses to drive a run that nobody waits for', () => {
  expect(() => readFollow({ drive: true, wait: false })).toThrow(/exclude each other/);
});

it('calls a run what its command calls it', () => {
  expect(followOptions('drill').map(({ text }) => text)).toEqual([
    expect.stringContaining('the same drill'),
    expect.stringContaining('request the drill'),
    expect.any(String),
  ]);
});
