import { expect, it } from 'vitest';
import { cphTime, isId, wholeNumber } from '../../../../local/cph/protocol/format.ts';

it('recognizes ids of up to 32 letters and digits', () => {
  expect(['a', '0'.repeat(32), '0'.repeat(33), 'not-an-id', ''].map(isId)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

it('parses whole numbers of up to nine digits', () => {
  expect(['0', '999999999', '1000000000', '-1', '1.5', ''].map(wholeNumber)).toEqual([
    0,
    999_999_999,
    ...Array<undefined>(4),
  ]);
});

it('formats times in UTC to the second', () => {
  expect(cphTime(Date.UTC(2026, 0, 2, 3, 4, 5, 999))).toBe('2026-01-02T03:04:05Z');
});
