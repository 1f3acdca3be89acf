import { expect, it } from 'vitest';
import { compareKeys } from '../../../lib/ledger/store/key-order.ts';

it('sorts keys by their UTF-8 bytes', () => {
  const keys = ['', 'a', 'a/b', 'ab', 'é', '中', '\uff5e', '\u{1f600}'];
  expect([...keys].reverse().sort(compareKeys)).toEqual(keys);
  expect(compareKeys('a', 'a')).toBe(0);
});
