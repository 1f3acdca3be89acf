import { PhonevaultError } from '../../errors.ts';
import type { RunDeps } from '../deps.ts';
import { type OpenRun, record } from './open-run.ts';
import { stopsDrive } from './stops-drive.ts';

const REST_MS = 20_000;

/**
 * Does one piece of work so that its failure stays its own: the run rests a while, if it should, and the others go on. Errors that
 * will meet every call pass through, and so do mistakes of our own. Answers whether the work was done.
 */
export async function containFailure(
  deps: Pick<RunDeps, 'clock' | 'log' | 'meter'>,
  run: OpenRun | undefined,
  work: () => Promise<unknown>,
  options: { rests: boolean } = { rests: true },
): Promise<boolean> {
  try {
    await (run === undefined ? work() : deps.meter.during(run, work));
    return true;
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    const { code, message } = error;
    deps.log.warn('step_failed', { run: run?.runId, policy: run?.request.policy, code, message });
    if (run !== undefined) {
      const at = deps.clock.now();
      if (options.rests) {
        run.restUntil = at + REST_MS;
        if (code === 'throttled') run.unlogged.throttled_ms += REST_MS;
      }
      const known = run.state.failures.at(-1)?.code === code;
      if (!known) {
        record(run, [{ type: 'step_failed', at, code, message: message.slice(0, 200) }]);
      }
    }
    return false;
  }
}
