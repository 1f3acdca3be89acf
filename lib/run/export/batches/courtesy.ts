import type { Terms } from '../../../ledger/run/plan.ts';
import { FIRST_IN_FLIGHT, type Limits } from '../../../ledger/state/limits.ts';

const MAX = 64;
/** Of export times that vary as they do: the average, as a multiple of what the quickest tenth takes. */
const AVERAGE_TO_QUICKEST = 2.5;
/** So many exports decide at least. */
const MIN_EXPORTS = 8;
/** The share of exports whose end is waited for: more would take longer. */
const SHARE = 0.1;
/** Exports may take this much longer under a higher load. */
const LONGER = 1.5;
/** An established load that makes exports take this much longer is too high. */
const MUCH_LONGER = 2.5;
/** The share of exports that may fail more. */
const FAILS_MORE = 0.05;
/** So many exports that are old enough show that a load is too high. */
const MIN_SLOW = 40;

export type Courtesy = NonNullable<Limits['in_flight']>;

/** An export since its acceptance. Times in epoch ms. */
export type Sample = { at: number; endedAt?: number | undefined; hasFailed?: boolean };

type Seen = { samples: readonly Sample[]; isFull: boolean; waiting: number };

/** Returns what is known of the load that a server bears. */
export function courtesyOf({ in_flight }: Pick<Limits, 'in_flight'>): Courtesy {
  return in_flight ?? { most: FIRST_IN_FLIGHT, good: FIRST_IN_FLIGHT, since: 0 };
}

/** Returns how many exports of a server may be in flight: what the policy says, or what was learned. */
export function maxInFlight(
  { max_in_flight_per_server: most }: Pick<Terms, 'max_in_flight_per_server'>,
  limits: Pick<Limits, 'in_flight'>,
): number {
  if (most !== 'auto') return most;
  const known = courtesyOf(limits);
  const isTrial = known.most > known.good;
  // Once the best load is about known, a few more wait at the server: it is never idle between two looks at its jobs.
  const spare = known.bad === undefined || isTrial ? 0 : Math.ceil(known.most / 8);
  return known.most + spare;
}

/**
 * Returns how long an export takes about, in ms; undefined before the first. The average of all grows with the exports that wait for
 * their server, but nothing ends later because others wait.
 */
export function usualExport({
  export_ms,
  in_flight,
}: Pick<Limits, 'export_ms' | 'in_flight'>): number | undefined {
  const { base_ms } = in_flight ?? {};
  if (base_ms === undefined) return export_ms;
  return Math.min(export_ms ?? Number.POSITIVE_INFINITY, base_ms * AVERAGE_TO_QUICKEST);
}

/**
 * Returns the load to go on with. It starts at 4 exports a server and doubles while a tenth of the exports under the higher load end
 * about as fast as before, and do not fail more. Then it looks for the highest good load below the bad one. `isFull`: the servers have
 * about as many exports in flight as they may. `waiting`: phones a server that wait. Pure.
 */
export function adapt(known: Courtesy, seen: Seen, now: number): Courtesy {
  const { since, base_ms: base } = known;
  if (since === 0) return { ...known, since: now };
  const isTrial = known.most > known.good;
  // Nothing can be learned from servers that are not full: the time counts from when they are.
  if (!seen.isFull) return isTrial || base === undefined ? { ...known, since: now } : known;
  const samples = seen.samples.filter(({ at }) => at >= since);
  if (base === undefined) {
    const took = quickestShare(samples);
    return took === undefined ? known : { ...known, base_ms: took, failing: failing(samples) };
  }
  if (isTrial) return judgeTrial(known, { samples, base }, now);
  if (isSlow(shareWithin(samples, base * MUCH_LONGER, now))) return lowered(known, now);
  const next = nextLoad(known);
  if (next === undefined || seen.waiting < next - known.most) return known;
  return { ...known, most: next, since: now };
}

function judgeTrial(
  known: Courtesy,
  { samples, base }: { samples: readonly Sample[]; base: number },
  now: number,
): Courtesy {
  const { most, good, failing: failedBefore = 0 } = known;
  const within = shareWithin(samples, base * LONGER, now);
  const fails = samples.length >= MIN_EXPORTS && failing(samples) > failedBefore + FAILS_MORE;
  if (fails || isSlow(within)) return { ...known, most: good, bad: most, since: now };
  // Those that began lately may still end in time.
  const of = within.old >= MIN_SLOW ? within.old : samples.length;
  const isGood = within.ended >= MIN_EXPORTS && within.ended >= SHARE * of;
  return isGood ? { ...known, good: most, since: now } : known;
}

/** Returns the next load to try; undefined when the best one is about known. */
function nextLoad({ most, bad }: Courtesy): number | undefined {
  if (bad === undefined) return most < MAX ? Math.min(most * 2, MAX) : undefined;
  return bad - most > Math.max(1, most / 4) ? Math.floor((most + bad) / 2) : undefined;
}

function lowered({ most }: Courtesy, now: number): Courtesy {
  const half = Math.max(FIRST_IN_FLIGHT, Math.floor(most / 2));
  return { most: half, good: half, since: now, ...(half < most ? { bad: most } : {}) };
}

/** Returns within what time the quickest tenth of the exports ended; undefined before it has. */
function quickestShare(samples: readonly Sample[]): number | undefined {
  const took = samples
    .flatMap(({ at, endedAt }) => (endedAt === undefined ? [] : [endedAt - at]))
    .sort((a, b) => a - b);
  if (took.length < MIN_EXPORTS || took.length < samples.length * SHARE) return undefined;
  return took[Math.ceil(samples.length * SHARE) - 1];
}

/** `old`: how many exports began so long ago (ms); `ended`: how many of all ended within that time. */
function shareWithin(samples: readonly Sample[], ms: number, now: number) {
  let [old, ended] = [0, 0];
  for (const { at, endedAt } of samples) {
    if (now - at >= ms) old += 1;
    if (endedAt !== undefined && endedAt - at <= ms) ended += 1;
  }
  return { old, ended };
}

const isSlow = ({ old, ended }: { old: number; ended: number }): boolean =>
  old >= MIN_SLOW && ended < old * SHARE;

function failing(samples: readonly Sample[]): number {
  const ended = samples.filter(({ endedAt }) => endedAt !== undefined);
  return ended.filter(({ hasFailed }) => hasFailed === true).length / Math.max(1, ended.length);
}
