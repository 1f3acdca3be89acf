import { PhonevaultError } from '../../errors.ts';
import type { RunDeps } from '../deps.ts';
import { stopsDrive } from '../state/stops-drive.ts';

/**
 * Does one piece of work. A failure is logged under `event` and returned: the others go on, and the next minute tries again.
 * Throws errors that every call would meet, and programming errors.
 */
export async function contain(
  { log }: Pick<RunDeps, 'log'>,
  { event, policy }: { event: string; policy?: string },
  work: () => Promise<unknown>,
): Promise<PhonevaultError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    const { code, message } = error;
    log.warn(event, { policy, code, message: message.slice(0, 300) });
    return error;
  }
}
