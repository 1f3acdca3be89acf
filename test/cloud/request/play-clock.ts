import type { Clock } from '../../../lib/clock.ts';

/** A clock that stands still but for its own sleeps, which pass at once. */
export function playClock(start = Date.UTC(2026, 0, 2, 3, 4, 5)) {
  let now = start;
  const slept: number[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
  return { clock, slept, pass: (ms: number) => (now += ms) };
}
