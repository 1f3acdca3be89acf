import type { BaseClock } from '../local/simulation/time.ts';

/** Time that runs `speed` times faster than the machine's from `start` (epoch ms) on, equal in every process that has both. */
export type FastTime = { start: number; speed: number };

/** The clock of a cloud in fast time. */
export function fastClock({ start, speed }: FastTime): BaseClock {
  return {
    now: () => Math.floor(start + (Date.now() - start) * speed),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / speed)),
  };
}

/**
 * A module to `--import` that puts a whole process into fast time. It shortens every timer but the limits of calls, which a slow
 * machine must not run into: they are what is left of six seconds and more, in fractions of a millisecond.
 */
export function fastProcess({ start, speed }: FastTime): string {
  const code = `
    const now = Date.now.bind(Date);
    const fast = () => Math.floor(${start} + (now() - ${start}) * ${speed});
    globalThis.Date = class extends Date {
      constructor(...given) { super(...(given.length === 0 ? [fast()] : given)); }
      static now() { return fast(); }
    };
    const later = globalThis.setTimeout;
    const realMs = (ms) => (ms < 5_000 || Number.isInteger(ms) ? ms / ${speed} : ms);
    globalThis.setTimeout = (run, ms = 0, ...rest) => later(run, realMs(ms), ...rest);
  `;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
