export type RateWindow = {
  /** Counts a call at `now` and returns whether it is within the limit. A refused call counts too. */
  admit(now: number): boolean;
};

/** A sliding window: at most `limit` calls in any `ms` milliseconds. Keeps no more than `limit` timestamps. */
export function createRateWindow(limit: number, ms: number): RateWindow {
  const stamps: number[] = [];
  let oldest = 0;
  return {
    admit(now) {
      if (limit <= 0) return false;
      if (stamps.length < limit) {
        stamps.push(now);
        return true;
      }
      const admitted = now - (stamps[oldest] ?? -Infinity) >= ms;
      stamps[oldest] = now;
      oldest = (oldest + 1) % limit;
      return admitted;
    },
  };
}

/** A fixed window: at most `limit` calls in each `ms` milliseconds since the epoch. */
export function createFixedWindow(limit: number, ms: number): RateWindow {
  let current = -1;
  let count = 0;
  return {
    admit(now) {
      const window = Math.floor(now / ms);
      if (window !== current) [current, count] = [window, 0];
      count += 1;
      return count <= limit;
    },
  };
}
