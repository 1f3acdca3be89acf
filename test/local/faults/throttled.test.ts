import { expect, it } from 'vitest';
import { faultRequestId, throttled } from '../../../local/faults/throttled.ts';
import { createTime } from '../../../local/simulation/time.ts';
import { manualClock } from '../support/clock.ts';

const time = createTime(manualClock());

it.each([
  ['cph', 5, 429, 'policy user over ratelimit,limit:5,time:1 minute'],
  ['cph', undefined, 429, '"The throttling threshold has been reached"'],
  ['obs', 5, 503, '<Code>SlowDown</Code>'],
])('throttles %s with the limit %s: %i', async (service, limit, status, text) => {
  const response = throttled(service, limit, time);
  expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(text)]);
});

it('makes request ids of 32 hex characters', () => {
  expect(faultRequestId(time)).toMatch(/^0+[0-9a-f]{11}$/);
});
