import type { OrphanedJobs } from '../../ledger/run/orphaned-jobs.ts';
import { createFirstBackups, type FirstBackups } from '../first-backup/state.ts';
import type { Inbox } from '../../ledger/run/request.ts';
import { type NotRead, nothingKnown } from './inbox/in-flight.ts';
import type { Chosen } from '../archive/choose-sample.ts';
import type { PruneResult } from '../retention/prune.ts';
import type { OpenRun } from '../state/open-run.ts';

/** Kinds of work that are done run by run. */
export type Turn = 'look' | 'plan' | 'close' | 'read';

/** An open request to apply the retention rules of a policy. Times in epoch ms. */
type OpenPrune = {
  requestedAt: number;
  /** Nothing is tried before this time: the last step failed. */
  retryAt: number;
  /** What is under way. Starting again is safe, and repeats only what was not done. */
  steps: AsyncGenerator<void, PruneResult> | undefined;
};

/** The work of one drive. */
export type Work = {
  /** Open runs by id. */
  runs: Map<string, OpenRun>;
  /** Runs as an earlier drive of this instance left them. Only new log entries of these are read. */
  remembered: ReadonlyMap<string, OpenRun>;
  /** Open runs that are not read yet, by id. */
  unread: Map<string, Inbox['requests'][number]>;
  /** Those whose reading OBS has throttled in this drive. */
  throttled: Set<string>;
  /** What earlier drives knew of these. */
  notRead: NotRead;
  /** Runs to cancel. */
  cancels: string[];
  /** Ids of all open runs, also of those that cannot be read. */
  open: Set<string>;
  orphaned: OrphanedJobs[];
  /** Hints of the inbox that are not handled yet. */
  hints: string[];
  /** Hints of the inbox about new phones. */
  phoneHints: string[];
  firstBackups: FirstBackups;
  /** The archives of settled runs that are read to their end, by run. */
  samples: Map<string, Chosen[]>;
  /** Policies whose retention rules are to be applied. */
  prunes: Map<string, OpenPrune>;
  /** The requests of that kind that this drive has handled, by policy: when they were made (epoch ms). */
  pruned: Map<string, number>;
  /** The run at which each kind of work stopped when its time was up. */
  turn: Map<Turn, string>;
  /** When each kind of work is due next (epoch ms). */
  nextAt: { inbox: number; jobs: number; orphanedJobs: number; firstBackups: number };
};

export function createWork(
  known: { remembered: Work['remembered']; orphaned: OrphanedJobs[]; notRead?: NotRead },
  nextInboxAt: number,
): Work {
  return {
    runs: new Map(),
    notRead: nothingKnown(),
    ...known,
    unread: new Map(),
    throttled: new Set(),
    cancels: [],
    open: new Set(),
    hints: [],
    phoneHints: [],
    firstBackups: createFirstBackups(),
    samples: new Map(),
    prunes: new Map(),
    pruned: new Map(),
    turn: new Map(),
    nextAt: { inbox: nextInboxAt, jobs: 0, orphanedJobs: 0, firstBackups: 0 },
  };
}
