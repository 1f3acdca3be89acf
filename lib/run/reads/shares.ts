import type { Limits } from '../../ledger/state/limits.ts';
import { callsAllowed, isBlocked, WINDOW_MS, recentCalls } from './pace.ts';

const WANTED_MS = 120_000;
/** When only another kind's turn holds a read back. */
const TURN_MS = 10_000;

type Reads = Limits['reads'];
type Kinds = NonNullable<Reads['kinds']>;

/** What a read is for. Following jobs comes before phones and tags of runs, and these before whole fleets. */
export type ReadKind = keyof Kinds;
export type KindUse = NonNullable<Kinds[ReadKind]>;
/** `forJobs`: the calls a minute that following jobs needs. */
type Budget = { reads: Reads; forJobs: number };

const KINDS: ReadKind[] = ['jobs', 'phones', 'fleet'];

/** Returns the calls of a kind, and when one had to wait last. */
export const useOf = ({ kinds }: Reads, kind: ReadKind): KindUse => kinds?.[kind] ?? { recent: [] };

/** Returns whether a read of any kind had to wait in the last two minutes. */
export function isAnyWanted(reads: Reads, now: number): boolean {
  return KINDS.some((kind) => isWanted(reads, kind, now));
}

/**
 * Returns how many reads of a kind may be sent at `now`. What jobs have not used of their share is kept for them; the shares of
 * other kinds are kept while they are wanted. The sum of all shares is at most the limit.
 */
export function readsAllowed({ reads, forJobs }: Budget, kind: ReadKind, now: number): number {
  const left = callsAllowed(reads, now);
  const shares = sharesOf({ reads, forJobs }, now);
  const unused = (of: ReadKind, share = shares[of]): number =>
    Math.max(0, share - recentCalls(useOf(reads, of), now).length);
  const keptFor = (other: ReadKind): number => {
    if (isWanted(reads, other, now)) {
      return unused(other, Math.max(shares[other], isServedBefore(reads, other, kind) ? 1 : 0));
    }
    if (other === 'jobs') return unused('jobs');
    return other === 'phones' && kind === 'fleet' ? unused(other, shares.beforeFleet) : 0;
  };
  const others = KINDS.filter((other) => other !== kind);
  const free = left - others.reduce((sum, other) => sum + keptFor(other), 0);
  const own = Math.min(unused(kind), kind === 'jobs' ? left : left - unused('jobs'));
  return Math.max(0, free, own);
}

/** Returns when reads of a kind may be sent (epoch ms), unless others are sent before: an eighth of those not kept for jobs at once. */
export function nextReadAt(budget: Budget, kind: ReadKind, now: number): number {
  const { reads } = budget;
  if (isBlocked(reads, now)) return reads.blocked_until;
  const { rest } = sharesOf(budget, now);
  const atOnce = kind === 'jobs' ? 1 : Math.max(1, Math.floor(rest / 8));
  const missing = atOnce - readsAllowed(budget, kind, now);
  if (missing <= 0) return now;
  const ends = recentCalls(reads, now).slice(missing - 1);
  const isEnough = (at: number): boolean => readsAllowed(budget, kind, at) >= atOnce;
  return ends.map((at) => at + WINDOW_MS).find(isEnough) ?? now + TURN_MS;
}

/** Returns what each kind gets in a minute in which all are wanted. The rest goes by turns. */
function sharesOf({ reads, forJobs }: Budget, now: number) {
  const all = reads.calls_per_minute;
  const jobs = Math.min(Math.max(forJobs, Math.ceil(all / 8)), Math.floor(all / 2));
  const rest = all - jobs;
  const forFleet = isWanted(reads, 'fleet', now) ? Math.ceil(rest / 4) : 0;
  return {
    jobs,
    phones: Math.min(rest - forFleet, Math.floor(all / 2)),
    fleet: Math.floor(rest / 4),
    rest,
    beforeFleet: rest - Math.max(1, Math.floor((rest * 3) / 4)),
  };
}

function isWanted(reads: Reads, kind: ReadKind, now: number): boolean {
  const { denied_at } = useOf(reads, kind);
  return denied_at !== undefined && denied_at <= now && now - denied_at <= WANTED_MS;
}

function isServedBefore(reads: Reads, kind: ReadKind, other: ReadKind): boolean {
  const servedAt = (of: ReadKind): number => useOf(reads, of).recent.at(-1) ?? 0;
  return servedAt(kind) < servedAt(other);
}
