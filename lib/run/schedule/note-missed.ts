import { type Missed, putMissed } from '../../ledger/hints/hints.ts';
import { stamp } from '../../policy/keys/stamp.ts';
import type { RunDeps } from '../deps.ts';

/** Notes slots (epoch ms) of a policy that do not run, for drive to tell; without any, what happened now. */
export async function noteMissed(
  deps: Pick<RunDeps, 'clock' | 'log' | 'store'>,
  policy: string,
  slots: number[],
  reason: Missed['reason'],
): Promise<void> {
  const first = stamp(slots[0] ?? deps.clock.now());
  const last = stamp(slots.at(-1) ?? deps.clock.now());
  deps.log.warn('missed', { policy, reason, slots: slots.length });
  await putMissed(deps.store, { policy, reason, first, last, slots: slots.length });
}
