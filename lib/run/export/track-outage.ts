import { missingSince } from '../../ledger/run/run-state.ts';
import { ReadsSpent, TimeUp } from '../../errors.ts';
import type { RunDeps } from '../deps.ts';
import { type OpenRun, record } from '../state/open-run.ts';

/**
 * Looks up jobs or archives of `runs` and records in the runs when lookups begin to fail and when they work again. A run
 * gives up an unseen job or archive only after repeated failed lookups, never because of elapsed time alone. Throws what
 * `lookup` throws.
 */
export async function trackOutage<T>(
  deps: Pick<RunDeps, 'clock'>,
  runs: OpenRun[],
  to: 'jobs' | 'archives',
  lookup: () => Promise<T>,
): Promise<T> {
  try {
    const found = await lookup();
    const at = deps.clock.now();
    for (const run of runs) {
      const isOutage = missingSince(run.state.outages[to]) !== undefined;
      if (isOutage) record(run, [{ type: 'outage_ended', at, to }]);
    }
    return found;
  } catch (error) {
    if (error instanceof ReadsSpent || error instanceof TimeUp) throw error;
    const at = deps.clock.now();
    for (const run of runs) {
      const isOutage = missingSince(run.state.outages[to]) !== undefined;
      if (!isOutage) record(run, [{ type: 'outage_started', at, to }]);
    }
    throw error;
  }
}
