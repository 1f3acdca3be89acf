import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from './progress.ts';
import type { RunFolder } from './run-folder.ts';

const LOOK_EVERY_MS = 250;

/** Shows how far the run is until `signal`; `onPlanned` is called once, when its phones are known. */
export async function watchRun(
  run: RunFolder,
  progress: Progress,
  onPlanned: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let planned = false;
  while (!signal.aborted) {
    const tally = await run.tally();
    if (tally !== undefined) {
      if (!planned) await onPlanned();
      planned = true;
      progress.show(tally);
    }
    await sleep(LOOK_EVERY_MS);
  }
}
