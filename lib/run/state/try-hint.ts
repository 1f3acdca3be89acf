import { isUnreadable } from '../../ledger/store/ledger-object.ts';
import type { RunDeps } from '../deps.ts';

/**
 * Runs the work of a hint. Returns true when the hint may be removed: `work` returned true, or the hint is invalid. A hint
 * that cannot be read is logged; one that a newer version wrote stays.
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
