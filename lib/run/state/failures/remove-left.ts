import { foldHintKey } from '../../../ledger/hints/fold.ts';
import { layout } from '../../../ledger/store/layout.ts';
import type { DriveDeps } from '../../deps.ts';
import { isResting, removeHandled } from './resting.ts';

/**
 * Tries again to delete what the bucket did not let drive delete when it was handled. Only of what no later step meets again: the
 * objects of retention, and the hint to fold old runs.
 */
export async function removeLeft(
  deps: Pick<DriveDeps, 'clock' | 'log' | 'store' | 'unreadable'>,
): Promise<void> {
  const left = [...deps.unreadable.objects]
    .filter(([, { handled }]) => handled === true)
    .map(([key]) => key)
    .filter((key) => key.startsWith(layout.prunes) || key === foldHintKey)
    .filter((key) => !isResting(deps, key));
  if (left.length > 0) await removeHandled(deps, left);
}
