import type { Clock } from '../../clock.ts';
import type { CallBudget } from '../../cloud/request/request.ts';
import { ReadsSpent } from '../../errors.ts';
import { initialLimits, type Limits } from '../../ledger/state/limits.ts';
import { noteAdmitted, noteThrottled, raise } from './learn-rate.ts';
import { isBlocked, noteAnswered, noteSent, recentCalls } from './pace.ts';
import {
  isAnyWanted,
  type KindUse,
  nextReadAt,
  type ReadKind,
  readsAllowed,
  useOf,
} from './shares.ts';

/** A kind of reads may have to wait while the shares of others are not used. */
const ENOUGH = 0.5;
const KINDS: Record<string, ReadKind> = { 'list-jobs': 'jobs', 'list-phones': 'fleet' };
const kindOf = (operation: string): ReadKind => KINDS[operation] ?? 'phones';

/** The reads of CPH that one account may make. Without learned limits nothing is held back. */
export type ReadBudget = CallBudget & {
  /** Goes on from what earlier drives learned. From here on reads are held back. */
  load(learned: Limits['reads']): void;
  learned(): Limits['reads'];
  /** Keeps this many calls a minute for following jobs, at most half of all. */
  keepForJobs(callsPerMinute: number): void;
  /** Returns how many reads may be sent now. */
  allowed(kind: ReadKind): number;
  /**
   * Returns when reads of this kind may be sent (epoch ms): some at once, so that work is not begun for each of them. A read that
   * must wait counts as wanted: its share is kept for it, and the limit may grow.
   */
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

  const allowed = (kind: ReadKind): number =>
    isOn ? readsAllowed({ reads: pace, forJobs }, kind, clock.now()) : Number.POSITIVE_INFINITY;
  const noteKind = (kind: ReadKind, noted: Partial<KindUse>): void => {
    const own = { ...useOf(pace, kind), ...noted };
    pace = { ...pace, kinds: { ...pace.kinds, [kind]: own } };
  };
  const learn = (next: Limits['reads']): void => {
    const change = next.calls_per_minute - pace.calls_per_minute;
    pace = next;
    const fields = { reads_per_minute: pace.calls_per_minute };
    if (change < 0) log.warn('limits_lowered', fields);
    if (change > 0) log.info('limits_raised', fields);
  };
  const nextAt = (kind: ReadKind): number => {
    const now = clock.now();
    if (allowed(kind) === 0 && !isBlocked(pace, now)) {
      noteKind(kind, { denied_at: now });
      // Those before were accepted: the first refusal shows the limit.
      if (pace.throttled_at === undefined) learn(raise(pace, now, ENOUGH));
    }
    return nextReadAt({ reads: pace, forJobs }, kind, now);
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
      const kind = kindOf(operation);
      if (allowed(kind) === 0) throw new ReadsSpent(nextAt(kind));
    },
    sent: (operation) => {
      const now = clock.now();
      pace = { ...noteSent(pace, now), grown_at: pace.grown_at ?? now };
      const kind = kindOf(operation);
      noteKind(kind, { recent: [...recentCalls(useOf(pace, kind), now), now] });
    },
    answered: (outcome, named) => {
      const now = clock.now();
      pace = noteAnswered(pace, pace.recent.at(-1) ?? now, now);
      if (outcome === 'throttled') {
        learn({ ...noteThrottled(pace, now, named), refused_since: pace.refused_since ?? now });
        return;
      }
      pace = { ...noteAdmitted(pace, now), refused_since: undefined };
      if (isAnyWanted(pace, now)) learn(raise(pace, now, ENOUGH));
    },
  };
}
