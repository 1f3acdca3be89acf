import { PhonevaultError, ReadsSpent, TimeUp } from '../../../errors.ts';
import { isUnreadable } from '../../../ledger/store/object-error.ts';
import type { DriveDeps, RunDeps } from '../../deps.ts';
import { type OpenRun, record } from '../open-run.ts';
import { isRepeated } from './failing-since.ts';
import { noteUnreadable } from './resting.ts';
import { stopsDrive } from './stops-drive.ts';

const PAUSE_MS = 20_000;

/**
 * Does one piece of work, of `run` if given. A failure is logged and recorded in the run, which pauses unless `pauses` is
 * false, for longer each time when an object cannot be read. Work whose time or reads are used up has not failed: it goes on
 * later. Returns whether the work succeeded. Throws errors that stop the drive, and programming errors.
 */
export async function containFailure(
  deps: Pick<DriveDeps, 'clock' | 'log' | 'meter' | 'unreadable'>,
  work: () => Promise<unknown>,
  { run, pauses = true }: { run?: OpenRun; pauses?: boolean } = {},
): Promise<boolean> {
  try {
    await (run === undefined ? work() : deps.meter.during(run, work));
    return true;
  } catch (error) {
    if (error instanceof TimeUp) return false;
    if (error instanceof ReadsSpent) {
      if (run !== undefined && pauses) run.retryAt.step = error.until;
      return false;
    }
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    fail(deps, error, { run, pauses });
    return false;
  }
}

function fail(
  deps: Pick<DriveDeps, 'clock' | 'log' | 'unreadable'>,
  error: PhonevaultError,
  { run, pauses }: { run: OpenRun | undefined; pauses: boolean },
): void {
  const { code, message } = error;
  deps.log.warn('step_failed', { run: run?.runId, policy: run?.request.policy, code, message });
  const at = deps.clock.now();
  const retryAt = isUnreadable(error) ? noteUnreadable(deps, error) : at + PAUSE_MS;
  if (run === undefined) return;
  if (pauses) {
    run.retryAt.step = retryAt;
    if (code === 'throttled') run.unwritten.metrics.throttled_ms += PAUSE_MS;
  }
  if (isRepeated(run.state, code, at)) return;
  record(run, [{ type: 'step_failed', at, code, message: message.slice(0, 200) }]);
}

/**
 * Does one piece of work that belongs to no run. A failure is logged under `event` and returned: the others go on, and a later
 * pass tries again. Throws errors that every call would meet, and programming errors.
 */
export async function contain(
  { log }: Pick<RunDeps, 'log'>,
  { event, ...fields }: { event: string; policy?: string; id?: string; kind?: string },
  work: () => Promise<unknown>,
): Promise<PhonevaultError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    const { code, message } = error;
    if (!(error instanceof ReadsSpent)) {
      log.warn(event, { ...fields, code, message: message.slice(0, 300) });
    }
    return error;
  }
}
