const MINUTE = 60_000;
/** A minute since the responses to calls, and a little because the clock of the service may run at another pace. */
export const WINDOW_MS = MINUTE + 200;

/** How many calls of one kind the service accepts a minute, as far as it is learned. Times in epoch ms. */
export type Pace = {
  calls_per_minute: number;
  /** The smallest number of calls a minute that the service has refused. */
  refused_rate?: number | undefined;
  /** The calls a minute before a refused number was tried again. */
  tried_from?: number | undefined;
  /** How often calls were refused at about this limit. */
  refusals?: number | undefined;
  throttled_at?: number | undefined;
  grown_at?: number | undefined;
  /**
   * A refusal that no limit explains yet: after how many accepted calls of a minute, when, and how often in a row with many
   * others.
   */
  unexplained?: { calls: number; at: number; rows: number } | undefined;
  /** How many calls in a row were refused, those apart that were on their way at the time. */
  refused_in_row?: number | undefined;
  /** No call is sent before this time. */
  blocked_until: number;
  /** When the calls of the last minute were sent. Includes refused calls, which the service counts too. */
  recent: number[];
  /** Those of them that were refused. */
  refused?: number[] | undefined;
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

/** Returns from when a call that is not full is worth sending (epoch ms): the calls of a minute are spread evenly. */
export function nextPartialAt(pace: Pace, now: number): number {
  const last = recentCalls(pace, now).at(-1);
  return last === undefined ? now : Math.ceil(last + MINUTE / pace.calls_per_minute);
}

/** Records that a call was sent. */
export function noteSent<P extends Pace>(pace: P, now: number): P {
  return { ...pace, recent: [...recentCalls(pace, now), now] };
}

/**
 * Records that the call of `sentAt` was answered: the service has counted it at some time between. Its minute begins with the
 * answer.
 */
export function noteAnswered<P extends Pace>(pace: P, sentAt: number, now: number): P {
  const at = pace.recent.indexOf(sentAt);
  if (at < 0) return pace;
  return { ...pace, recent: [...pace.recent.slice(0, at), ...pace.recent.slice(at + 1), now] };
}

/** Returns when the calls of the last minute were sent. */
export function recentCalls({ recent }: Pick<Pace, 'recent'>, now: number): number[] {
  return recent.filter((at) => isRecent(at, now));
}

/** Returns whether a call of this time counts at `now`. */
export const isRecent = (at: number, now: number): boolean => at > now - WINDOW_MS && at <= now;

/** Ignores a block that ends later than any throttle can: a wrong clock wrote it. */
export function isBlocked({ blocked_until }: Pace, now: number): boolean {
  return now < blocked_until && blocked_until - now <= 2 * MINUTE;
}
