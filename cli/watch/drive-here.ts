import { drive, type DriveResult, driveWindow } from '../../lib/run/drive/drive.ts';
import type { OpenRun } from '../../lib/run/state/open-run.ts';
import type { Session } from '../sign-in/connect.ts';
import { createPatience } from './patience.ts';

/** What a window is cut from: drive works for 8 s less, and that is how long Ctrl-C may have to wait. */
const WINDOW_MS = 18_000;
const PAUSE_MS = 5_000;
const AFTER_FAILURE_MS = 20_000;

/**
 * Drives from this process, one window after another under the lease that the functions take too, until `signal` aborts:
 * then the window under way comes to its end and the lease is released. `tell` hears of every change of what a window came
 * to. Throws what stops every drive, such as `credentials_refused`.
 */
export async function driveHere(
  { deps, holder }: Pick<Session, 'deps' | 'holder'>,
  { signal, tell }: { signal: AbortSignal; tell(kind: DriveResult['kind']): void },
): Promise<void> {
  const { clock } = deps;
  const memory = new Map<string, OpenRun>();
  const patience = createPatience();
  let told: DriveResult['kind'] | undefined;
  while (!signal.aborted) {
    const window = driveWindow(clock.now(), WINDOW_MS);
    let pause = AFTER_FAILURE_MS;
    try {
      const { kind } = await drive(deps, { ...window, holder, memory });
      patience.reset();
      if (kind !== told) tell(kind);
      told = kind;
      // A drive ends early when nothing falls due before its time is up.
      pause = kind === 'drove' ? window.until - clock.now() : PAUSE_MS;
    } catch (error) {
      patience.take(error);
    }
    if (pause > 0 && !signal.aborted) await clock.sleep(pause, signal);
  }
}
