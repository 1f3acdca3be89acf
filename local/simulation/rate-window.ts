export type Window = {
  /** Counts a call at `now`; false when it is over the limit. A refused call counts too. */
  admit(now: number): boolean;
};

/** At most `limit` calls in any `ms` milliseconds; only as many stamps are kept as it takes to tell. */
export function createWindow(limit: number, ms: number): Window {
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
