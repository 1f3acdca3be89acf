import { expect, it } from 'vitest';
import { instantOf } from '../../../../lib/run/query/schemas/object.ts';

it.each([
  [Date.UTC(2026, 0, 2, 2, 30), '2026-01-02T02:30:00.000Z'],
  [-5, '1970-01-01T00:00:00.000Z'],
  [9e99, '9999-12-31T23:59:59.999Z'],
])('writes %d ms as ISO 8601, out of range as the nearest valid time', (ms, expected) => {
  expect(instantOf(ms)).toBe(expected);
});
