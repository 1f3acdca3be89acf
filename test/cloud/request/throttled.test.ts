import { describe, expect, it } from 'vitest';
import { rateLimitOf, retryAfterOf } from '../../../lib/cloud/request/throttled.ts';

describe('rateLimitOf', () => {
  it.each([
    ['over ratelimit,limit:6,time:1 minute', { limit: 6, windowMs: 60_000 }],
    ['limit: 10 , time: 2 second', { limit: 10, windowMs: 2_000 }],
    ['LIMIT:5,TIME:1 HOUR', { limit: 5, windowMs: 3_600_000 }],
    ['limit:1,time:1 day', { limit: 1, windowMs: 86_400_000 }],
    ['limit:0,time:1 minute', undefined],
    ['limit:6,time:0 minute', undefined],
    ['limit:6,time:1 week', undefined],
    ['slow down', undefined],
    ['', undefined],
  ])('reads "%s" as %j', (text, expected) => {
    expect(rateLimitOf(text)).toEqual(expected);
  });
});

describe('retryAfterOf', () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['30', 30_000],
    [' 1 ', 1_000],
    ['Fri, 02 Jan 2026 03:04:35 GMT', 30_000],
    ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
  ])('reads %j as %s ms', (header, expected) => {
    expect(retryAfterOf(header, now)).toBe(expected);
  });
});
