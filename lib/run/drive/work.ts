import type { OrphanedJobs } from '../../ledger/run/orphaned-jobs.ts';
import { createFirstBackups, type FirstBackups } from '../first-backup/state.ts';
import type { OpenRun } from '../state/open-run.ts';

/** What one drive has in hand. */
export type Work = {
  /** Open runs by id. */
  runs: Map<string, OpenRun>;
  /** Runs that an earlier drive of this instance held: only what is new in their logs is read. */
  remembered: ReadonlyMap<string, OpenRun>;
  /** Ids of runs whose objects cannot be read: this drive does not try again. */
  quarantined: Set<string>;
  orphaned: OrphanedJobs[];
  /** Hints of the inbox that are not handled yet. */
  hints: string[];
  /** Hints of the inbox about new phones. */
  phoneHints: string[];
  firstBackups: FirstBackups;
  /** When each kind of work is due next (epoch ms). */
  nextAt: { inbox: number; jobs: number; orphanedJobs: number; firstBackups: number };
};

export function createWork(
  known: { remembered: Work['remembered']; orphaned: OrphanedJobs[] },
  nextInboxAt: number,
): Work {
  return {
    runs: new Map(),
    ...known,
    quarantined: new Set(),
    hints: [],
    phoneHints: [],
    firstBackups: createFirstBackups(),
    nextAt: { inbox: nextInboxAt, jobs: 0, orphanedJobs: 0, firstBackups: 0 },
  };
}
