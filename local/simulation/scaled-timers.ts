import type { Time } from './time.ts';

export type ScaledTimers = {
  /** Calls `run` after `ms` of simulated time, and not before `minRealMs` of real time. Returns a function that cancels it. */
  after(ms: number, run: () => void, minRealMs?: number): () => void;
  /** Call after a change of speed: re-arms all timers. */
  rearm(): void;
};

type Entry = { due: number; notBefore: number; run: () => void; timer: NodeJS.Timeout | undefined };

/** Starting a process takes real time, whatever the speed. */
const MIN_TIMEOUT_MS = 5_000;
const MAX_DELAY_MS = 2_147_483_647;

/** Timers in simulated time that fire on their own; the timeline, in contrast, must be advanced. */
export function createScaledTimers(time: Pick<Time, 'speed'>): ScaledTimers {
  // Measured by the machine's clock: the clock of a test may stand still.
  let speed = time.speed();
  let origin = performance.now();
  let base = 0;
  const elapsed = () => base + (performance.now() - origin) * speed;
  const waiting = new Set<Entry>();
  const arm = (entry: Entry) => {
    clearTimeout(entry.timer);
    const delay = Math.max((entry.due - elapsed()) / speed, entry.notBefore - performance.now(), 0);
    const fire = () => {
      waiting.delete(entry);
      entry.run();
    };
    entry.timer = setTimeout(fire, Math.min(delay, MAX_DELAY_MS)).unref();
  };
  return {
    after(ms, run, minRealMs = 0) {
      const notBefore = performance.now() + minRealMs;
      const entry: Entry = { due: elapsed() + ms, notBefore, run, timer: undefined };
      waiting.add(entry);
      arm(entry);
      return () => {
        clearTimeout(entry.timer);
        waiting.delete(entry);
      };
    },
    rearm() {
      base = elapsed();
      origin = performance.now();
      speed = time.speed();
      for (const entry of waiting) arm(entry);
    },
  };
}

/**
 * Returns the result of `running`, or `timeout` after `ms` of simulated time but at least 5 s of real time (or `ms`, if
 * shorter). `running` goes on after a timeout.
 */
export async function withTimeout<T>(
  timers: Pick<ScaledTimers, 'after'>,
  ms: number,
  running: Promise<T>,
): Promise<T | 'timeout'> {
  running.catch(() => undefined);
  let cancel: () => void = () => undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    cancel = timers.after(ms, () => resolve('timeout'), Math.min(ms, MIN_TIMEOUT_MS));
  });
  try {
    return await Promise.race([running, timeout]);
  } finally {
    cancel();
  }
}
