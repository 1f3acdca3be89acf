import { expect, test } from 'vitest';
import { mostDeletes } from '../../../lib/policy/retention/breaker.ts';

test.each([
  [0, 20, 100],
  [150_000, 20, 30_000],
  [501, 20, 100],
  [505, 20, 101],
  [1_000, 5, 100],
  [1_000, 100, 1_000],
])('of %i archives and %i%%, at most %i are deleted at once', (standing, share, most) => {
  expect(mostDeletes(standing, share)).toBe(most);
});
