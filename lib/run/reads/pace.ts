const MINUTE = 60_000;
/** A minute, and a second because the clock of the service may differ. */
export const WINDOW_MS = MINUTE + 1_000;
const MAX_CALLS = 600;

/** How many calls of one kind the service accepts a minute, as far as it is learned. Times in epoch ms. */
export type Pace = {
  calls_per_minute: number;
  throttled_at?: number | undefined;
  grown_at?: number | undefined;
  /** No call is sent before this time. */
  blocked_until: number;
  /** When the calls of the last minute were sent. Includes refused calls, which the service counts too. */
  recent: number[];
};

/** Returns how many calls may be sent at `now`. */
export function callsAllowed(pace: Pace, now: number): number {
  if (isBlocked(pace, now)) return 0;
  return Math.max(0, pace.calls_per_minute - recentCalls(pace, now).length);
}

/** Returns when the next call may be sent (epoch ms). */
export function nextCallAt(pace: Pace, now: number): number {
  if (isBlocked(pace, now)) return pace.blocked_until;
  const sent = recentCalls(pace, now);
  const oldest = sent[sent.length - pace.calls_per_minute];
  return oldest === undefined ? now : oldest + WINDOW_MS;
}

/** Returns from when a call that is less than half full is worth sending (epoch ms): the calls of a minute are spread evenly. */
export function nextPartialAt(pace: Pace, now: number): number {
  const last = recentCalls(pace, now).at(-1);
  return last === undefined ? now : last + MINUTE / pace.calls_per_minute;
}

/** Records that a call was sent. */
export function noteSent<P extends Pace>(pace: P, now: number): P {
  return { ...pace, recent: [...recentCalls(pace, now), now] };
}

/**
 * Raises the calls a minute after a minute whose calls were all used: by a quarter when nothing was throttled for half an hour,
 * else by one every ten minutes.
 */
export function raise<P extends Pace>(pace: P, now: number): P {
  const sinceGrowth = now - (pace.grown_at ?? 0);
  const sinceThrottle = now - (pace.throttled_at ?? 0);
  const growsFast = sinceThrottle >= 30 * MINUTE;
  if (sinceGrowth < (growsFast ? MINUTE : 10 * MINUTE) || sinceThrottle < 10 * MINUTE) return pace;
  return raiseBy(pace, growsFast ? Math.ceil(pace.calls_per_minute / 4) : 1, now);
}

/** Raises the calls a minute by `step`. */
export function raiseBy<P extends Pace>(pace: P, step: number, now: number): P {
  const calls_per_minute = Math.min(MAX_CALLS, pace.calls_per_minute + step);
  return { ...pace, calls_per_minute, grown_at: now };
}

/**
 * Records that a call was throttled (429) and blocks calls for a minute. The limit falls to the calls that were accepted, at most
 * by half: others may share it.
 */
export function noteThrottled<P extends Pace>(pace: P, now: number): P {
  const allowed = pace.calls_per_minute;
  const accepted = recentCalls(pace, now).length - 1;
  return {
    ...pace,
    calls_per_minute: Math.max(
      1,
      Math.min(allowed - 1, Math.max(accepted, Math.ceil(allowed / 2))),
    ),
    throttled_at: now,
    blocked_until: now + WINDOW_MS,
  };
}

/** Returns when the calls of the last minute were sent. */
export function recentCalls({ recent }: Pick<Pace, 'recent'>, now: number): number[] {
  return recent.filter((at) => at > now - WINDOW_MS && at <= now);
}

/** Ignores a block that ends later than any throttle can: a wrong clock wrote it. */
export function isBlocked({ blocked_until }: Pace, now: number): boolean {
  return now < blocked_until && blocked_until - now <= 2 * MINUTE;
}
