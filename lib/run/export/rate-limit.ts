import type { Call } from '../../ledger/run/events.ts';
import { initialLimits, type Limits } from '../../ledger/state/limits.ts';
import { noteAdmitted, raise } from '../reads/learn-rate.ts';

const WEEK = 7 * 24 * 60 * 60_000;
/** A run that goes on looks for the limit. Later runs keep to what was accepted. */
const SEARCH_MS = 6 * 60 * 60_000;
const MAX_BATCH = 200;
/** A refused size this much larger than the accepted one: nothing between was tried. Limits are often round numbers. */
const JUST_DOUBLED = 1.95;
/** A limit of a few phones is worth more refusals. */
const MIN_REFUSALS = 3;

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
  const isFull = size >= before.phones_per_call;
  const next = withSize(limits, call, isFull ? growBatch(known, now) : known);
  return raise(noteAdmitted(next, now), now);
}

/** How many phones one kind of call may hold, as far as it is learned. */
type BatchSize = Pick<
  Limits,
  'phones_per_call' | 'accepted_size' | 'refused_size' | 'refused_size_at' | 'refused_sizes'
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

/**
 * Returns the sizes of the next calls, if all of them are accepted. Pure.
 */
export function sizesAhead(limits: Limits, calls: number, now: number): number[] {
  const sizes: number[] = [];
  for (let ahead: BatchSize = limits; sizes.length < calls;) {
    const { phones_per_call: size } = ahead;
    sizes.push(size);
    ahead = growBatch({ ...ahead, accepted_size: Math.max(size, ahead.accepted_size ?? 0) }, now);
    if (ahead.phones_per_call === size)
      sizes.push(...Array<number>(calls - sizes.length).fill(size));
  }
  return sizes;
}

/** Returns the limits without a size of exports to try, when the search for the limit was given up with the run before. Pure. */
export function keepAccepted(limits: Limits, now: number): Limits {
  const { accepted_size = 0, phones_per_call, refused_size_at } = limits;
  const age = now - (refused_size_at ?? now);
  const isOver = age > SEARCH_MS && age <= WEEK;
  if (!isOver || accepted_size === 0 || phones_per_call <= accepted_size) return limits;
  return { ...limits, phones_per_call: accepted_size };
}

/**
 * Raises the size of a call: doubles it, and after a refusal goes up by one, then by a third of what is left. So a limit of `n`
 * phones is found with at most log2(n) refusals, some hours after the first at the latest. The size that was refused is tried again
 * after a week.
 */
function growBatch(limits: BatchSize, now: number): BatchSize {
  const {
    accepted_size: accepted = 0,
    refused_size,
    refused_size_at = 0,
    refused_sizes = 0,
  } = limits;
  const size = Math.max(limits.phones_per_call, accepted);
  const mayTry = refused_sizes < Math.max(MIN_REFUSALS, Math.floor(Math.log2(size)));
  if (refused_size === undefined || refused_size <= accepted)
    return { ...limits, phones_per_call: Math.min(size * 2, MAX_BATCH) };
  if (!mayTry) return { ...limits, phones_per_call: size };
  const age = now - refused_size_at;
  const isOld = age > WEEK;
  const isFound = refused_size <= size + 1 || age > SEARCH_MS;
  if (isFound && !isOld) return { ...limits, phones_per_call: size };
  const isFirst = isOld || refused_size >= size * JUST_DOUBLED;
  const step = isFirst ? 1 : Math.max(1, Math.floor((refused_size - size) / 3));
  return { ...limits, phones_per_call: Math.min(size + step, MAX_BATCH) };
}

/**
 * Records that a call of `size` phones was too large (CPS.0170 for an export). Lowers the batch size to the largest accepted one, or by half.
 */
export function noteTooLarge(
  limits: Limits,
  size: number,
  now: number,
  call: Call = 'export',
): Limits {
  const { accepted_size: largest = 0, refused_size, refused_sizes = 0 } = sizeOf(limits, call);
  // What was accepted before is refused now: the limit fell, and is learned anew.
  const hasFallen = largest >= size;
  const accepted_size = hasFallen ? 0 : largest;
  const smallest = hasFallen ? size : Math.min(size, refused_size ?? size);
  return withSize(noteAdmitted(limits, now), call, {
    accepted_size,
    phones_per_call: Math.max(1, accepted_size > 0 ? accepted_size : Math.floor(size / 2)),
    refused_size: smallest,
    refused_size_at: now,
    refused_sizes: hasFallen ? 1 : refused_sizes + 1,
  });
}
