import { expect, it } from 'vitest';
import { duration, inOneUnit, number, size } from '../lib/amounts.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 KB'],
  [3_449, '3.4 KB'],
  [99_940, '99.9 KB'],
  [99_960, '100 KB'],
  [999_600, '1.0 MB'],
  [12_000_000_000, '12.0 GB'],
  [5e18, '5000 PB'],
])('%i bytes are %s', (bytes, expected) => {
  expect(size(bytes)).toBe(expected);
});

it.each([
  [0, '0 s', '0 秒'],
  [999, '1 s', '1 秒'],
  [29_400, '29 s', '29 秒'],
  [65_000, '1 min 5 s', '1 分钟 5 秒'],
  [3_600_000, '1 h', '1 小时'],
  [93_600_000, '1 d 2 h', '1 天 2 小时'],
])('%i ms are %j, in Chinese %j', (ms, english, chinese) => {
  expect([duration(ms), duration(ms, 'zh')]).toEqual([english, chinese]);
});

it.each([
  [0, '0'],
  [999, '999'],
  [20_000, '20,000'],
])('writes the count %d with separators', (count, expected) => {
  expect(number(count)).toBe(expected);
});

it.each([
  [26 * 3_600_000, '26 h', '26 小时'],
  [48 * 3_600_000, '2 d', '2 天'],
  [90 * 60_000, '90 min', '90 分钟'],
  [90_000, '2 min', '2 分钟'],
  [0, '0 min', '0 分钟'],
])('%i ms in one unit are %j, in Chinese %j', (ms, english, chinese) => {
  expect([inOneUnit(ms), inOneUnit(ms, 'zh')]).toEqual([english, chinese]);
});
