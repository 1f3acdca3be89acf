import type { Time } from './time.ts';

export type ScaledTimers = {
  /**
   * Calls `run` after `ms` of model time; answers how to call it off. A patient timer leaves at least 5 s of true time,
   * however fast model time runs: starting a process takes what it takes.
   */
  after(ms: number, run: () => void, patient?: boolean): () => void;
  /** The speed has changed: what waits is set anew. */
  rearm(): void;
};

const LEAST_MS = 5_000;

/** Timers in model time that fire by themselves, unlike the timeline, which somebody has to ask. */
export function createScaledTimers(time: Time): ScaledTimers {
  type Entry = { due: number; least: number; run: () => void; timer: NodeJS.Timeout | undefined };
  const waiting = new Set<Entry>();
  const arm = (entry: Entry) => {
    clearTimeout(entry.timer);
    const left = Math.max((entry.due - elapsed()) / speed, entry.least - performance.now(), 0);
    entry.timer = setTimeout(
      () => {
        waiting.delete(entry);
        entry.run();
      },
      Math.min(left, 2_147_483_647),
    ).unref();
  };
  // By the machine's clock, for a test's may stand still.
  let speed = time.speed();
  let origin = performance.now();
  let base = 0;
  const elapsed = () => base + (performance.now() - origin) * speed;
  return {
    after(ms, run, patient = false) {
      const least = patient ? performance.now() + Math.min(ms, LEAST_MS) : 0;
      const entry: Entry = { due: elapsed() + ms, least, run, timer: undefined };
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

/** What comes of `running`, or `late` after `ms` of model time (a patient timer); it runs on then. */
export async function within<T>(
  timers: Pick<ScaledTimers, 'after'>,
  ms: number,
  running: Promise<T>,
): Promise<T | 'late'> {
  running.catch(() => undefined);
  let stop: () => void = () => undefined;
  const late = new Promise<'late'>((resolve) => {
    stop = timers.after(ms, () => resolve('late'), true);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    stop();
  }
}
