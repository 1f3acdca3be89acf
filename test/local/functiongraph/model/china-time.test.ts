import { expect, it } from 'vitest';
import { chinaTime } from '../../../../local/functiongraph/model/china-time.ts';

it('formats a time with China’s offset', () => {
  expect(chinaTime(Date.UTC(2026, 1, 2, 23, 59, 58, 999))).toBe('2026-02-03T07:59:58+08:00');
});
