import type { Clock } from '../../lib/clock.ts';

/** A clock that stands still until someone sleeps or moves it. */
export function playClock(start = Date.UTC(2026, 0, 2, 2, 30)): Clock & { move(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += Math.max(0, ms);
    },
    move: (ms) => {
      now += ms;
    },
  };
}
