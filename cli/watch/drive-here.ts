import { drive, type DriveResult, driveWindow } from '../../lib/run/drive/drive.ts';
import type { OpenRun } from '../../lib/run/state/open-run.ts';
import type { Session } from '../sign-in/connect.ts';
import { createFailureLimit } from './failure-limit.ts';

/** Drive works 8 s less than this; that is how long Ctrl-C may have to wait. */
const WINDOW_MS = 18_000;
const PAUSE_MS = 5_000;
const AFTER_FAILURE_MS = 20_000;

/**
 * Drives from this process, window after window, under the same lease as the functions, until `signal` aborts. The
 * current window then ends and the lease is released. `onResult` gets the result of a window when it changes. Throws what
 * stops every drive, such as `credentials_refused`.
 */
export async function driveHere(
  { deps, holder }: Pick<Session, 'deps' | 'holder'>,
  { signal, onResult }: { signal: AbortSignal; onResult(kind: DriveResult['kind']): void },
): Promise<void> {
  const { clock } = deps;
  const memory = new Map<string, OpenRun>();
  const failures = createFailureLimit();
  let last: DriveResult['kind'] | undefined;
  while (!signal.aborted) {
    const window = driveWindow(clock.now(), WINDOW_MS);
    let pause = AFTER_FAILURE_MS;
    try {
      const { kind } = await drive(deps, { ...window, holder, memory });
      failures.reset();
      if (kind !== last) onResult(kind);
      last = kind;
      // A drive ends early when nothing is due before its time is up.
      pause = kind === 'worked' ? window.until - clock.now() : PAUSE_MS;
    } catch (error) {
      failures.add(error);
    }
    if (pause > 0 && !signal.aborted) await clock.sleep(pause, signal);
  }
}
