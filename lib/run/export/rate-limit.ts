import type { Limits } from '../../ledger/state/limits.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** What a throttled service is given beyond its minute: our clock and its window need not agree. */
const MARGIN = 1_000;
const LARGEST_BATCH = 200;
const MAX_CALLS = 600;

/** How many calls may be sent at `now`. */
export function callsAllowed(limits: Limits, now: number): number {
  if (isBlocked(limits, now)) return 0;
  return Math.max(0, limits.calls_per_minute - sentLately(limits, now).length);
}

/** When the next call may be sent (epoch ms); `now` when at once. */
export function nextCallAt(limits: Limits, now: number): number {
  if (isBlocked(limits, now)) return limits.blocked_until;
  const sent = sentLately(limits, now);
  const freed = sent[sent.length - limits.calls_per_minute];
  return freed === undefined ? now : freed + MINUTE + MARGIN;
}

/** Notes that a call was sent. */
export function noteSent(limits: Limits, now: number): Limits {
  return { ...limits, recent: [...sentLately(limits, now), now] };
}

/** A call of `size` phones was accepted: a full batch lets the next be larger, a full minute the next hold one call more. */
export function noteAccepted(limits: Limits, size: number, now: number): Limits {
  const known = { ...limits, accepted_size: Math.max(size, limits.accepted_size ?? 0) };
  const grown = size >= limits.phones_per_call ? growBatch(known, now) : known;
  const full = sentLately(grown, now).length >= grown.calls_per_minute;
  const sinceGrowth = now - (grown.grown_at ?? 0);
  const sinceThrottle = now - (grown.throttled_at ?? 0);
  const eager = sinceThrottle >= 30 * MINUTE;
  if (!full || sinceGrowth < (eager ? MINUTE : 10 * MINUTE) || sinceThrottle < 10 * MINUTE)
    return grown;
  const step = eager ? Math.ceil(grown.calls_per_minute / 4) : 1;
  return {
    ...grown,
    calls_per_minute: Math.min(MAX_CALLS, grown.calls_per_minute + step),
    grown_at: now,
  };
}

function growBatch(limits: Limits, now: number): Limits {
  const forgotten = now - (limits.refused_size_at ?? 0) > DAY;
  const ceiling = forgotten ? LARGEST_BATCH + 1 : (limits.refused_size ?? LARGEST_BATCH + 1);
  const doubled = limits.phones_per_call * 2;
  const between = Math.floor((limits.phones_per_call + ceiling) / 2);
  const next = doubled < ceiling ? doubled : between;
  return {
    ...limits,
    phones_per_call: Math.max(limits.phones_per_call, Math.min(next, LARGEST_BATCH)),
  };
}

/** CPS.0170: a call of `size` phones was too large. Back to the largest that was accepted, or to half. */
export function noteTooMany(limits: Limits, size: number, now: number): Limits {
  const good = limits.accepted_size ?? 0;
  const accepted_size = good < size ? good : 0;
  return {
    ...limits,
    accepted_size,
    phones_per_call: Math.max(1, accepted_size > 0 ? accepted_size : Math.floor(size / 2)),
    refused_size: size,
    refused_size_at: now,
  };
}

/**
 * 429: waits the minute out. Where the whole allowance was used, the limit is just below it; where less was, others share
 * the limit or the answer was a stray one, and half is given up at most.
 */
export function noteThrottled(limits: Limits, now: number): Limits {
  const allowed = limits.calls_per_minute;
  const sent = sentLately(limits, now).length;
  const next = sent >= allowed ? allowed - 1 : Math.max(sent, Math.ceil(allowed / 2));
  return {
    ...limits,
    calls_per_minute: Math.max(1, Math.min(allowed, next)),
    throttled_at: now,
    blocked_until: now + MINUTE + MARGIN,
  };
}

/** A block that lies further ahead than a throttle lasts was written by a clock gone wrong. */
function isBlocked({ blocked_until }: Limits, now: number): boolean {
  return now < blocked_until && blocked_until - now <= 2 * MINUTE;
}

function sentLately(limits: Limits, now: number): number[] {
  return limits.recent.filter((at) => at > now - MINUTE - MARGIN && at <= now);
}
