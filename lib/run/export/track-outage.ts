import { missingSince } from '../../ledger/run/fold.ts';
import type { RunDeps } from '../deps.ts';
import { type OpenRun, record } from '../state/open-run.ts';

/**
 * Looks at the jobs or archives of runs and notes in their logs when that begins to fail and when it works again: only
 * a look that has failed for long lets something be given up unseen, never the time alone.
 */
export async function note<T>(
  deps: Pick<RunDeps, 'clock'>,
  runs: OpenRun[],
  to: 'jobs' | 'archives',
  lookup: () => Promise<T>,
): Promise<T> {
  try {
    const seen = await lookup();
    const at = deps.clock.now();
    for (const run of runs) {
      const blind = missingSince(run.state.outages[to]) !== undefined;
      if (blind) record(run, [{ type: 'outage_ended', at, to }]);
    }
    return seen;
  } catch (error) {
    const at = deps.clock.now();
    for (const run of runs) {
      const blind = missingSince(run.state.outages[to]) !== undefined;
      if (!blind) record(run, [{ type: 'outage_started', at, to }]);
    }
    throw error;
  }
}
