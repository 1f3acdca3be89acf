import { expect, it } from 'vitest';
import { size } from '../../../cli/text/size.ts';

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
