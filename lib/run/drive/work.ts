import type { OrphanedJobs } from '../../ledger/run/orphaned-jobs.ts';
import { createFirstBackups, type FirstBackups } from '../first-backup/state.ts';
import type { OpenRun } from '../state/open-run.ts';

/** The work of one drive. */
export type Work = {
  /** Open runs by id. */
  runs: Map<string, OpenRun>;
  /** Runs as an earlier drive of this instance left them. Only new log entries of these are read. */
  remembered: ReadonlyMap<string, OpenRun>;
  /** Ids of all open runs, also of those that cannot be read. */
  open: Set<string>;
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
    open: new Set(),
    hints: [],
    phoneHints: [],
    firstBackups: createFirstBackups(),
    nextAt: { inbox: nextInboxAt, jobs: 0, orphanedJobs: 0, firstBackups: 0 },
  };
}
