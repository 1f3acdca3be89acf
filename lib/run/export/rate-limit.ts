import type { Limits } from '../../ledger/state/limits.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Added to each minute, because the clock of the service may differ. */
const MARGIN_MS = 1_000;
const MAX_BATCH = 200;
const MAX_CALLS = 600;

/** Returns how many calls may be sent at `now`. */
export function callsAllowed(limits: Limits, now: number): number {
  if (isBlocked(limits, now)) return 0;
  return Math.max(0, limits.calls_per_minute - recentCalls(limits, now).length);
}

/** Returns when the next call may be sent (epoch ms). */
export function nextCallAt(limits: Limits, now: number): number {
  if (isBlocked(limits, now)) return limits.blocked_until;
  const sent = recentCalls(limits, now);
  const oldest = sent[sent.length - limits.calls_per_minute];
  return oldest === undefined ? now : oldest + MINUTE + MARGIN_MS;
}

/** Records that a call was sent. */
export function noteSent(limits: Limits, now: number): Limits {
  return { ...limits, recent: [...recentCalls(limits, now), now] };
}

/**
 * Records that a call of `size` phones was accepted. A full batch raises the batch size. A full minute raises the calls a
 * minute.
 */
export function noteAccepted(limits: Limits, size: number, now: number): Limits {
  const known = { ...limits, accepted_size: Math.max(size, limits.accepted_size ?? 0) };
  const grown = size >= limits.phones_per_call ? growBatch(known, now) : known;
  const isFull = recentCalls(grown, now).length >= grown.calls_per_minute;
  const sinceGrowth = now - (grown.grown_at ?? 0);
  const sinceThrottle = now - (grown.throttled_at ?? 0);
  const growsFast = sinceThrottle >= 30 * MINUTE;
  if (!isFull || sinceGrowth < (growsFast ? MINUTE : 10 * MINUTE) || sinceThrottle < 10 * MINUTE)
    return grown;
  const step = growsFast ? Math.ceil(grown.calls_per_minute / 4) : 1;
  return {
    ...grown,
    calls_per_minute: Math.min(MAX_CALLS, grown.calls_per_minute + step),
    grown_at: now,
  };
}

function growBatch(limits: Limits, now: number): Limits {
  const isExpired = now - (limits.refused_size_at ?? 0) > DAY;
  const tooLarge = isExpired ? MAX_BATCH + 1 : (limits.refused_size ?? MAX_BATCH + 1);
  const doubled = limits.phones_per_call * 2;
  const between = Math.floor((limits.phones_per_call + tooLarge) / 2);
  const next = doubled < tooLarge ? doubled : between;
  return {
    ...limits,
    phones_per_call: Math.max(limits.phones_per_call, Math.min(next, MAX_BATCH)),
  };
}

/** Records that a call of `size` phones was too large (CPS.0170). Lowers the batch size to the largest accepted one, or by half. */
export function noteTooLarge(limits: Limits, size: number, now: number): Limits {
  const largest = limits.accepted_size ?? 0;
  const accepted_size = largest < size ? largest : 0;
  return {
    ...limits,
    accepted_size,
    phones_per_call: Math.max(1, accepted_size > 0 ? accepted_size : Math.floor(size / 2)),
    refused_size: size,
    refused_size_at: now,
  };
}

/**
 * Records that a call was throttled (429) and blocks calls for a minute. When all allowed calls were used, the limit is one
 * lower. When fewer were used, other clients may share the limit, and it falls to the calls used, at most by half.
 */
export function noteThrottled(limits: Limits, now: number): Limits {
  const allowed = limits.calls_per_minute;
  const sent = recentCalls(limits, now).length;
  const next = sent >= allowed ? allowed - 1 : Math.max(sent, Math.ceil(allowed / 2));
  return {
    ...limits,
    calls_per_minute: Math.max(1, Math.min(allowed, next)),
    throttled_at: now,
    blocked_until: now + MINUTE + MARGIN_MS,
  };
}

/** Ignores a block that ends later than any throttle can: a wrong clock wrote it. */
function isBlocked({ blocked_until }: Limits, now: number): boolean {
  return now < blocked_until && blocked_until - now <= 2 * MINUTE;
}

function recentCalls(limits: Limits, now: number): number[] {
  return limits.recent.filter((at) => at > now - MINUTE - MARGIN_MS && at <= now);
}
