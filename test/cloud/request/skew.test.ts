import { describe, expect, it } from 'vitest';
import { skewOf, skewText } from '../../../lib/cloud/request/skew.ts';

const MINUTE = 60_000;
const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const dateAt = (offsetMs: number): string => new Date(now + offsetMs).toUTCString();

describe('skewOf', () => {
  it.each([
    [dateAt(0), undefined],
    [dateAt(15 * MINUTE), undefined],
    [dateAt(-15 * MINUTE), undefined],
    [dateAt(16 * MINUTE), -16 * MINUTE],
    [dateAt(-16 * MINUTE), 16 * MINUTE],
    ['', undefined],
    ['yesterday', undefined],
    [undefined, undefined],
  ])('reads the service time %s as a skew of %s ms', (header, expected) => {
    expect(skewOf(header, now)).toBe(expected);
  });
});

describe('skewText', () => {
  it.each([
    [20 * MINUTE, 'our clock is 20 min ahead of'],
    [-60 * MINUTE, 'our clock is 60 min behind'],
  ])('names a skew of %s ms in minutes', (skewMs, expected) => {
    expect(skewText(skewMs).message).toContain(expected);
  });
});
