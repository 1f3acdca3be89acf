import { expect, it } from 'vitest';
import { createdAt } from '../../../lib/cloud/cph/created-at.ts';

it.each([
  ['2026-01-02T02:30:05Z', Date.UTC(2026, 0, 2, 2, 30, 5)],
  ['2026-01-02 02:30:05', Date.UTC(2026, 0, 2, 2, 30, 5)],
  ['2026-01-02T02:30:05.999', Date.UTC(2026, 0, 2, 2, 30, 5)],
  ['2026-01-02T02:30:05.999+08:00', Date.UTC(2026, 0, 1, 18, 30, 5)],
  ['2026-01-02 02:30:05 CST', Date.UTC(2026, 0, 2, 2, 30, 5)],
  ['', undefined],
  [undefined, undefined],
  ['2026-01-02', undefined],
  ['on 2026-01-02 02:30:05', undefined],
  ['2026-13-02T02:30:05Z', undefined],
])('reads the time of creation %s as %s', (createTime, at) => {
  expect(createdAt(createTime)).toBe(at);
});
