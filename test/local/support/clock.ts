import type { BaseClock } from '../../../local/simulation/time.ts';

export type ManualClock = BaseClock & { move(ms: number): void };

export const START = Date.UTC(2026, 0, 2, 2, 30, 0);

/** Real time that stands still until a test moves it. */
export function manualClock(start = START): ManualClock {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
    move: (ms) => {
      now += ms;
    },
  };
}
