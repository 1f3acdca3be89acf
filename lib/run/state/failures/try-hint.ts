import { isUnreadable } from '../../../ledger/store/object-error.ts';
import { layout } from '../../../ledger/store/layout.ts';
import type { DriveDeps } from '../../deps.ts';
import { contain } from './contain-failure.ts';
import { isResting, noteUnreadable } from './resting.ts';

/**
 * Runs `work` for a hint. Returns true when the hint can be deleted: `work` returned true, now or in a drive that could not
 * delete it. A hint that cannot be used is kept and rests; one whose work failed otherwise is kept, and holds up no other.
 * Throws errors that stop the drive, and programming errors.
 */
export async function tryHint(
  deps: Pick<DriveDeps, 'clock' | 'log' | 'unreadable'>,
  id: string,
  work: () => Promise<boolean>,
): Promise<boolean> {
  const key = layout.hint(id);
  if (isResting(deps, key)) return false;
  if (deps.unreadable.objects.get(key)?.handled === true) return true;
  let isDone = false;
  await contain(deps, { event: 'step_failed', id }, async () => {
    try {
      isDone = await work();
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      noteUnreadable(deps, error);
    }
  });
  return isDone;
}
