import { type ErrorCode, PhonevaultError } from '../../errors.ts';
import type { RunDeps } from '../deps.ts';
import { type OpenRun, record } from './open-run.ts';

const PAUSE_MS = 20_000;
const STOPS_DRIVE: ReadonlySet<ErrorCode> = new Set([
  'lease_lost',
  'credentials_refused',
  'credentials_missing',
  'clock_skew',
]);

/** Returns whether every further call of this invocation would fail with this error. */
export function stopsDrive(error: unknown): boolean {
  return error instanceof PhonevaultError && STOPS_DRIVE.has(error.code);
}

/**
 * Does one piece of work, of `run` if given. A failure is logged and recorded in the run, which pauses unless `pauses` is
 * false. Returns whether the work succeeded. Throws errors that stop the drive, and programming errors.
 */
export async function containFailure(
  deps: Pick<RunDeps, 'clock' | 'log' | 'meter'>,
  work: () => Promise<unknown>,
  { run, pauses = true }: { run?: OpenRun; pauses?: boolean } = {},
): Promise<boolean> {
  try {
    await (run === undefined ? work() : deps.meter.during(run, work));
    return true;
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    const { code, message } = error;
    deps.log.warn('step_failed', { run: run?.runId, policy: run?.request.policy, code, message });
    if (run === undefined) return false;
    const at = deps.clock.now();
    if (pauses) {
      run.retryAt.step = at + PAUSE_MS;
      if (code === 'throttled') run.unwritten.metrics.throttled_ms += PAUSE_MS;
    }
    const isRepeat = run.state.failures.at(-1)?.code === code;
    if (!isRepeat) record(run, [{ type: 'step_failed', at, code, message: message.slice(0, 200) }]);
    return false;
  }
}
