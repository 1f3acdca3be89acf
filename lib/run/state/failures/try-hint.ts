import { isUnreadable } from '../../../ledger/store/object-error.ts';
import { layout } from '../../../ledger/store/layout.ts';
import type { DriveDeps } from '../../deps.ts';
import { isResting, noteUnreadable } from './resting.ts';

/**
 * Runs `work` for a hint. Returns true when the hint can be deleted: `work` returned true, now or in a drive that could not
 * delete it. A hint that cannot be used is kept and rests.
 */
export async function tryHint(
  deps: Pick<DriveDeps, 'clock' | 'log' | 'unreadable'>,
  id: string,
  work: () => Promise<boolean>,
): Promise<boolean> {
  const key = layout.hint(id);
  if (isResting(deps, key)) return false;
  if (deps.unreadable.objects.get(key)?.handled === true) return true;
  try {
    return await work();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    noteUnreadable(deps, error);
    return false;
  }
}
