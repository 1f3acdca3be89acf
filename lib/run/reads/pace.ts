const MINUTE = 60_000;
/** A minute since the responses to calls, and a little because the clock of the service may run at another pace. */
export const WINDOW_MS = MINUTE + 200;
const MAX_CALLS = 1_200;
/** A number of calls that was refused is tried again so long after: the fewer calls, the dearer is a refused one. */
const TRY_AFTER_MS = { few: 4 * MINUTE, many: 2 * MINUTE };
const FEW_CALLS = 30;

/** How many calls of one kind the service accepts a minute, as far as it is learned. Times in epoch ms. */
export type Pace = {
  calls_per_minute: number;
  /** The smallest number of calls a minute that the service has refused. */
  refused_rate?: number | undefined;
  /** The calls a minute before a refused number was tried again. */
  tried_from?: number | undefined;
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

/**
 * Raises the calls a minute when those of a minute are used and accepted: doubles them up to the number that was refused, which
 * is tried again after some minutes. `used`: the share of them that counts as all, while none was ever refused.
 */
export function raise<P extends Pace>(pace: P, now: number, used = 1): P {
  const { calls_per_minute: rate, refused_rate: refused = Number.POSITIVE_INFINITY } = pace;
  // The number that was refused is known: only the whole of it shows that more is accepted.
  const enough = pace.throttled_at === undefined ? rate * used : rate;
  if (recentCalls(pace, now).length < enough) return pace;
  // In a trial the step doubles, not the rate: few calls are on their way when one is refused.
  const step = Math.max(1, rate - (pace.tried_from ?? 0));
  const next = Math.min(rate + step, refused - 1, MAX_CALLS);
  if (next > rate) return raiseBy(pace, next - rate, now);
  const tried = Math.max(pace.throttled_at ?? 0, pace.grown_at ?? 0);
  const pause = rate < FEW_CALLS ? TRY_AFTER_MS.few : TRY_AFTER_MS.many;
  if (rate >= MAX_CALLS || now - tried < pause) return pace;
  return raiseBy({ ...pace, refused_rate: undefined, tried_from: rate }, 1, now);
}

/** Raises the calls a minute by `step`. */
function raiseBy<P extends Pace>(pace: P, step: number, now: number): P {
  return { ...pace, calls_per_minute: pace.calls_per_minute + step, grown_at: now };
}

/**
 * Records that a call was throttled (429). The limit falls to the calls of the last minute before it, or to the number that the
 * error names (`named`, calls a minute), if that is smaller. After the first call of a minute it falls by half: others share it.
 */
export function noteThrottled<P extends Pace>(pace: P, now: number, named?: number): P {
  const { calls_per_minute: allowed } = pace;
  const used = recentCalls(pace, now).length - 1;
  const most = named ?? allowed - 1;
  const rate = Math.max(
    1,
    used > 0 ? Math.min(used, most) : Math.min(Math.ceil(allowed / 2), most),
  );
  const throttled = {
    ...pace,
    calls_per_minute: rate,
    refused_rate: Math.max(rate, named ?? rate) + 1,
    tried_from: undefined,
    throttled_at: now,
    blocked_until: 0,
  };
  const blocked_until = used > 0 ? nextCallAt(throttled, now) : now + WINDOW_MS;
  return { ...throttled, blocked_until };
}

/** Returns when the calls of the last minute were sent. */
export function recentCalls({ recent }: Pick<Pace, 'recent'>, now: number): number[] {
  return recent.filter((at) => at > now - WINDOW_MS && at <= now);
}

/** Ignores a block that ends later than any throttle can: a wrong clock wrote it. */
export function isBlocked({ blocked_until }: Pace, now: number): boolean {
  return now < blocked_until && blocked_until - now <= 2 * MINUTE;
}
