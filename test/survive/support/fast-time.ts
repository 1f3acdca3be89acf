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
 * A module to `--import` that puts a whole process into fast time. It shortens every timer, but no timer of more than ten seconds
 * below two seconds: a slow machine must not run into the timeouts of calls.
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
    globalThis.setTimeout = (run, ms = 0, ...rest) =>
      later(run, ms > 10_000 ? Math.max(2_000, ms / ${speed}) : ms / ${speed}, ...rest);
  `;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
