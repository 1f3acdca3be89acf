import { foreignEntries } from '../../ledger/run/log.ts';
import type { RunDeps } from '../deps.ts';
import { flush, type OpenRun, refresh, type Writer } from './open-run.ts';
import { LeaseLost } from './stops-drive.ts';

/**
 * Writes down what is pending, then looks at the run's log once: of two drives that do so before they act, one at least sees
 * the other. Throws LeaseLost when another has written what this one did not know; it is known from then on.
 */
export async function assertSoleWriter(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log'>,
  run: OpenRun,
  writer: Writer,
): Promise<void> {
  await flush(deps, run, writer);
  const foreign = await foreignEntries(deps.store, run.runId, writer.name, run.mark);
  if (foreign.length === 0) return;
  await refresh(deps.store, run);
  throw new LeaseLost(`another drive writes to run ${run.runId}`);
}
