import { playClock } from '../../../testing/play-clock.ts';

/** A clock that stands still except for sleeps, which it records. It begins at 03:04:05 UTC on 2 January 2026. */
export function recordingClock() {
  const clock = playClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  const slept: number[] = [];
  const sleep: typeof clock.sleep = (ms, signal) => {
    slept.push(ms);
    return clock.sleep(ms, signal);
  };
  return { clock: { ...clock, sleep }, slept };
}
