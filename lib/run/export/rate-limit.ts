import type { Limits } from '../../ledger/state/limits.ts';
import { raise, recentCalls } from '../reads/pace.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MAX_BATCH = 200;

/**
 * Records that a call of `size` phones was accepted. A full batch raises the batch size. A full minute raises the calls a
 * minute.
 */
export function noteAccepted(limits: Limits, size: number, now: number): Limits {
  const known = { ...limits, accepted_size: Math.max(size, limits.accepted_size ?? 0) };
  const grown = size >= limits.phones_per_call ? growBatch(known, now) : known;
  const isFull = recentCalls(grown, now).length >= grown.calls_per_minute;
  return isFull ? raise(grown, now) : grown;
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
