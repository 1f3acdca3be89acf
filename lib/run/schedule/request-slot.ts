import { type MissedSlots, missedId, putMissed } from '../../ledger/hints/missed-slots.ts';
import { listOpen, putRequest } from '../../ledger/run/request.ts';
import { readSkippedSlots } from '../../ledger/state/notified/skipped-slots.ts';
import { readQuarantine } from '../../ledger/state/notified/unreadable.ts';
import { hasSettled } from '../../ledger/run/settled/has-settled.ts';
import { timerRunId } from '../../policy/keys/run-id.ts';
import { stamp } from '../../policy/keys/stamp.ts';
import type { RunDeps } from '../deps.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'store'>;

/**
 * Requests the run of one slot (epoch ms). Returns false for a slot that has run, that was reported as missed before, or
 * that is skipped because a timer run of the policy is still open.
 */
export async function requestSlot(deps: Deps, policy: string, slot: number): Promise<boolean> {
  const { store, log } = deps;
  const run_id = timerRunId(policy, slot);
  if (await hasSettled(store, run_id)) return false;
  const inbox = await listOpen(store);
  // In this order: drive writes the skipped slot before it removes the hint.
  if (inbox.hints.includes(missedId({ policy, last: stamp(slot) }))) return false;
  if ((await readSkippedSlots(store, policy)).has(stamp(slot))) return false;
  const others = inbox.requests
    .map(({ runId }) => runId)
    .filter((runId) => runId !== run_id && isTimerRunOf(policy, runId));
  for (const other of others) {
    if (await hasSettled(store, other)) continue;
    // A run that waits for somebody to repair one of its objects must not keep its policy from running.
    if ((await readQuarantine(store, other)) !== undefined) continue;
    await noteMissed(deps, policy, [slot], 'overlap');
    return false;
  }
  await putRequest(store, {
    run_id,
    policy,
    trigger: 'timer',
    slot: stamp(slot),
  });
  log.info('requested', { run: run_id, policy, trigger: 'timer' });
  return true;
}

function isTimerRunOf(policy: string, runId: string): boolean {
  return runId.startsWith(`${policy}-`) && /^\d{8}t\d{6}z$/.test(runId.slice(policy.length + 1));
}

/** Writes the hint for drive that slots (epoch ms) of a policy do not run. Without slots the policy does not run from now. */
export async function noteMissed(
  deps: Deps,
  policy: string,
  slots: number[],
  reason: MissedSlots['reason'],
): Promise<void> {
  const first = stamp(slots[0] ?? deps.clock.now());
  const last = stamp(slots.at(-1) ?? deps.clock.now());
  deps.log.warn('slots_missed', { policy, reason, slots: slots.length });
  await putMissed(deps.store, { policy, reason, first, last, slots: slots.length });
}
