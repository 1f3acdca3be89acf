import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { RunDeps } from '../deps.ts';

/**
 * Runs `work` for a hint. Returns true when the hint can be deleted: `work` returned true, or the hint is invalid. Logs an
 * unreadable hint; a hint that a newer version wrote is kept.
 */
export async function tryHint(
  deps: Pick<RunDeps, 'log'>,
  id: string,
  work: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const { code, message } = error;
    deps.log.error('hint_unreadable', { hint: id, code, message: message.slice(0, 200) });
    return code === 'object_invalid';
  }
}
