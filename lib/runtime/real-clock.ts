import type { Clock } from '../clock.ts';

/** The clock of this machine; a sleep ends early when its signal aborts. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      if (signal?.aborted === true) done();
      else signal?.addEventListener('abort', done);
    }),
};
