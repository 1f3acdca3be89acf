import { expect, it } from 'vitest';
import { timerEvent } from '../../../local/demo/timer-event.ts';

it.each([
  [Date.UTC(2026, 0, 2, 2, 30, 0, 999), '2026-01-02T10:30:00+08:00'],
  [Date.UTC(2026, 11, 31, 16, 0, 0), '2027-01-01T00:00:00+08:00'],
])('tells the time of %d in China', (now, time) => {
  expect(timerEvent(now, 'nightly', 'nightly')).toEqual({
    version: 'v1.0',
    time,
    trigger_type: 'TIMER',
    trigger_name: 'nightly',
    user_event: 'nightly',
  });
});
