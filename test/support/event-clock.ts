import { setImmediate as idle } from 'node:timers/promises';
import { playClock } from '../../testing/play-clock.ts';
import type { AgendaClock } from '../../testing/play-clock.ts';

/** A clock on which sleeps that begin together pass together: time moves on once nothing else is left to do. */
export function eventClock(start: number): AgendaClock {
  const clock = playClock(start);
  const sleepers: { at: number; wake: () => void }[] = [];
  let isMoving = false;
  const moveOn = async (): Promise<void> => {
    if (isMoving) return;
    isMoving = true;
    while (sleepers.length > 0) {
      await idle();
      if (sleepers.length === 0) break;
      const at = Math.min(...sleepers.map((sleeper) => sleeper.at));
      clock.move(Math.max(0, at - clock.now()));
      const due = sleepers.filter((sleeper) => sleeper.at <= at);
      for (const sleeper of due) sleepers.splice(sleepers.indexOf(sleeper), 1);
      for (const { wake } of due) wake();
    }
    isMoving = false;
  };
  return {
    ...clock,
    at: () => undefined,
    left: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = { at: clock.now() + Math.max(0, ms), wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          if (sleepers.includes(sleeper)) sleepers.splice(sleepers.indexOf(sleeper), 1);
          resolve();
        });
        void moveOn();
      }),
  };
}
