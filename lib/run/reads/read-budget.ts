import type { Clock } from '../../clock.ts';
import type { CallBudget } from '../../cloud/request/request.ts';
import { ReadsSpent } from '../../errors.ts';
import { initialLimits, type Limits } from '../../ledger/state/limits.ts';
import {
  callsAllowed,
  nextCallAt,
  noteSent,
  noteThrottled,
  raise,
  raiseBy,
  recentCalls,
} from './pace.ts';

const MINUTE = 60_000;

/** What a read is for. Following jobs comes before phones and tags of runs, and these before whole fleets. */
type ReadKind = 'jobs' | 'phones' | 'fleet';

const KINDS: Record<string, ReadKind> = { 'list-jobs': 'jobs', 'list-phones': 'fleet' };

/** The reads of CPH that one account may make. Without learned limits nothing is held back. */
export type ReadBudget = CallBudget & {
  /** Goes on from what earlier drives learned. From here on reads are held back. */
  load(learned: Limits['reads']): void;
  learned(): Limits['reads'];
  /** Keeps this many calls a minute for following jobs, at most half of all. */
  keepForJobs(callsPerMinute: number): void;
  /** Returns how many reads may be sent now. */
  allowed(kind: ReadKind): number;
  /** Returns when reads of this kind may be sent (epoch ms): some at once, so that work is not begun for each of them. */
  nextAt(kind: ReadKind): number;
};

type Tools = {
  clock: Pick<Clock, 'now'>;
  log: Record<'info' | 'warn', (event: string, fields: Record<string, number>) => void>;
};

/** Returns the budget of one invocation. */
export function createReadBudget({ clock, log }: Tools): ReadBudget {
  let pace = initialLimits.reads;
  let isOn = false;
  let forJobs = 0;
  let deniedAt = Number.NEGATIVE_INFINITY;

  const shareOf = (kind: ReadKind): number => {
    const all = pace.calls_per_minute;
    if (kind === 'jobs') return all;
    const kept = Math.min(Math.max(forJobs, Math.ceil(all / 8)), Math.floor(all / 2));
    const rest = all - kept;
    return kind === 'phones' ? rest : Math.max(1, Math.floor((rest * 3) / 4));
  };
  const paceOf = (kind: ReadKind) => ({ ...pace, calls_per_minute: shareOf(kind) });
  const nextAt = (kind: ReadKind): number => {
    const share = shareOf(kind);
    const atOnce = kind === 'jobs' ? 1 : Math.max(1, Math.floor(share / 8));
    return nextCallAt({ ...pace, calls_per_minute: share - atOnce + 1 }, clock.now());
  };
  const allowed = (kind: ReadKind): number =>
    isOn ? callsAllowed(paceOf(kind), clock.now()) : Number.POSITIVE_INFINITY;
  const learn = (next: Limits['reads']): void => {
    const change = next.calls_per_minute - pace.calls_per_minute;
    pace = next;
    const fields = { reads_per_minute: pace.calls_per_minute };
    if (change < 0) log.warn('limits_lowered', fields);
    if (change > 0) log.info('limits_raised', fields);
  };

  return {
    load: (learned) => {
      pace = learned;
      isOn = true;
    },
    learned: () => pace,
    keepForJobs: (calls) => void (forJobs = Math.ceil(calls)),
    allowed,
    nextAt: (kind) => (isOn ? nextAt(kind) : clock.now()),
    check: (operation) => {
      const kind = KINDS[operation] ?? 'phones';
      if (allowed(kind) > 0) return;
      if (recentCalls(pace, clock.now()).length >= shareOf(kind)) deniedAt = clock.now();
      throw new ReadsSpent(nextAt(kind));
    },
    sent: () => {
      const now = clock.now();
      pace = { ...noteSent(pace, now), grown_at: pace.grown_at ?? now };
    },
    answered: (outcome) => {
      const now = clock.now();
      if (outcome === 'throttled') {
        learn({ ...noteThrottled(pace, now), refused_since: pace.refused_since ?? now });
        return;
      }
      pace = { ...pace, refused_since: undefined };
      if (now - deniedAt <= 2 * MINUTE) learn(grown(pace, now));
    },
  };
}

/** Doubles while nothing was ever throttled: the first refusal shows the limit. */
function grown(pace: Limits['reads'], now: number): Limits['reads'] {
  if (pace.throttled_at !== undefined) return raise(pace, now);
  if (now - (pace.grown_at ?? now) < MINUTE) return pace;
  return raiseBy(pace, pace.calls_per_minute, now);
}
