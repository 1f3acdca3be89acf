import type { Call } from '../../ledger/run/events.ts';
import { initialLimits, type Limits } from '../../ledger/state/limits.ts';
import { raise, recentCalls } from '../reads/pace.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MAX_BATCH = 200;

/**
 * Records that a call of `size` phones was accepted. A full batch raises the batch size. A full minute raises the calls a
 * minute.
 */
export function noteAccepted(
  limits: Limits,
  size: number,
  now: number,
  call: Call = 'export',
): Limits {
  const before = sizeOf(limits, call);
  const known = { ...before, accepted_size: Math.max(size, before.accepted_size ?? 0) };
  const grown = withSize(
    limits,
    call,
    size >= before.phones_per_call ? growBatch(known, now) : known,
  );
  const isFull = recentCalls(grown, now).length >= grown.calls_per_minute;
  return isFull ? raise(grown, now) : grown;
}

/** How many phones one kind of call may hold, as far as it is learned. */
type BatchSize = Pick<
  Limits,
  'phones_per_call' | 'accepted_size' | 'refused_size' | 'refused_size_at'
>;

/** CPH may limit each kind of call differently (CPS.0170, CPS.0171, CPS.0190): none is documented. */
export function sizeOf(limits: Limits, call: Call): BatchSize {
  if (call === 'export') return limits;
  return limits.sizes?.[call] ?? { phones_per_call: initialLimits.phones_per_call };
}

function withSize(limits: Limits, call: Call, size: BatchSize): Limits {
  if (call === 'export') return { ...limits, ...size };
  return { ...limits, sizes: { ...limits.sizes, [call]: size } };
}

/** Returns how many phones each call that is no export may hold. */
export function otherSizes(limits: Limits): Record<Exclude<Call, 'export'>, number> {
  const of = (call: Call): number => sizeOf(limits, call).phones_per_call;
  return {
    command: of('command'),
    restore: of('restore'),
    restart: of('restart'),
    reset: of('reset'),
  };
}

function growBatch(limits: BatchSize, now: number): BatchSize {
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

/** Records that a call of `size` phones was too large (CPS.0170 for an export). Lowers the batch size to the largest accepted one, or by half. */
export function noteTooLarge(
  limits: Limits,
  size: number,
  now: number,
  call: Call = 'export',
): Limits {
  const largest = sizeOf(limits, call).accepted_size ?? 0;
  const accepted_size = largest < size ? largest : 0;
  return withSize(limits, call, {
    accepted_size,
    phones_per_call: Math.max(1, accepted_size > 0 ? accepted_size : Math.floor(size / 2)),
    refused_size: size,
    refused_size_at: now,
  });
}
