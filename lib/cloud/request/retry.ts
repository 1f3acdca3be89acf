import type { Clock, Random } from '../../clock.ts';
import { PhonevaultError } from '../../errors.ts';
import { BusyError, ThrottledError } from './throttled.ts';

export type RetryLimits = {
  /** Attempts in all; 1 for a call that must not be repeated. */
  attempts: number;
  /** Attempts in all when the service throttles. */
  throttledAttempts: number;
  /** No attempt starts after this many milliseconds, waits included. */
  totalMs: number;
};

export type RetryTools = {
  clock: Clock;
  random: Random;
  signal?: AbortSignal | undefined;
  /** Called with each wait (ms) that a throttle caused. */
  onThrottled?: ((ms: number) => void) | undefined;
};

const FIRST_WAIT_MS = 200;
const MAX_WAIT_MS = 2_000;

/** Returns the wait before the next attempt in ms (full jitter); undefined when another attempt is useless. */
function waitBefore(next: number, error: unknown, random: Random): number | undefined {
  if (!(error instanceof PhonevaultError) || !error.retryable) return undefined;
  const jittered = random() * Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (next - 1));
  const asked = error instanceof BusyError ? error.retryAfterMs : undefined;
  const window = error instanceof ThrottledError ? error.limit?.windowMs : undefined;
  if ((asked ?? window ?? 0) > MAX_WAIT_MS) return undefined;
  return Math.max(asked ?? 0, jittered);
}

/**
 * Runs `attempt` until it succeeds. Throws its last error when no further attempt is allowed or useful. `attempt` gets its
 * number, from 1, and the milliseconds left.
 */
export async function withRetry<T>(
  tools: RetryTools,
  limits: RetryLimits,
  attempt: (number: number, leftMs: number) => Promise<T>,
): Promise<T> {
  const end = tools.clock.now() + limits.totalMs;
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number, end - tools.clock.now());
    } catch (error) {
      const allowed =
        error instanceof ThrottledError
          ? Math.min(limits.attempts, limits.throttledAttempts)
          : limits.attempts;
      const wait = number < allowed ? waitBefore(number, error, tools.random) : undefined;
      if (wait === undefined || tools.clock.now() + wait >= end || tools.signal?.aborted) {
        throw error;
      }
      if (error instanceof ThrottledError) tools.onThrottled?.(wait);
      await tools.clock.sleep(wait, tools.signal);
      if (tools.signal?.aborted) throw error;
    }
  }
}
