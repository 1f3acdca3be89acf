import type { BaseClock } from '../../../local/simulation/time.ts';

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
 * A module to `--import` that puts a whole process into fast time. It shortens every timer, but not those that limit calls: a slow
 * machine must not run into them. A call of OBS has six seconds; a timer of more than ten takes at least two.
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
    const realMs = (ms) => {
      if (ms === 6_000) return ms;
      return ms > 10_000 ? Math.max(2_000, ms / ${speed}) : ms / ${speed};
    };
    globalThis.setTimeout = (run, ms = 0, ...rest) => later(run, realMs(ms), ...rest);
  `;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
