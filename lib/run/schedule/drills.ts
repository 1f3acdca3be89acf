import { putRequest, listOpen, readRequest, type RunRequest } from '../../ledger/run/request.ts';
import { hasSettled } from '../../ledger/run/settled/has-settled.ts';
import type { Cursor } from '../../ledger/state/cursors.ts';
import { sha256hex } from '../../ledger/store/digest.ts';
import { ifReadable } from '../../ledger/store/object-error.ts';
import { RESTORE } from '../../names.ts';
import { requestRunId } from '../../policy/keys/run-id.ts';
import { stamp } from '../../policy/keys/stamp.ts';
import { dueSlots, newestSlotWithin } from '../../policy/slots/slots.ts';
import type { RunDeps } from '../deps.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'store'>;
type Handled = { drill?: Cursor['drill']; runId?: string };

/**
 * Requests the drill of a policy that is due: that of the newest slot, unless it is too old, has run, or a drill of the policy is
 * still open. A slot without a drill makes the policy's drills overdue. Safe to repeat.
 */
export async function handleDrill(deps: Deps, policy: string, cursor: Cursor): Promise<Handled> {
  const { drill, paused_until = 0 } = cursor;
  const now = deps.clock.now();
  if (drill === undefined || paused_until > now) return {};
  const newest = dueSlots(drill, Math.max(drill.handled_until, paused_until), now).at(-1);
  if (newest === undefined) return {};
  const handled = { ...drill, handled_until: newest };
  if (newestSlotWithin(drill, newest - 1, now) === undefined) {
    deps.log.warn('drill_missed', { policy, reason: 'too_late' });
    return { drill: handled };
  }
  const request = requestOf(policy, newest);
  const runId = request.run_id;
  if (await hasSettled(deps.store, runId)) return { drill: handled };
  if (await isDrilling(deps, policy, runId)) {
    deps.log.warn('drill_missed', { policy, reason: 'overlap' });
    return { drill: handled };
  }
  await putRequest(deps.store, request);
  deps.log.info('requested', { run: runId, policy: RESTORE, trigger: 'timer' });
  return { drill: handled, runId };
}

/** Returns the request for a slot's drill: the same each time. */
function requestOf(policy: string, slot: number): RunRequest {
  const start = stamp(slot);
  const token = `drill ${policy} ${start}`;
  return {
    run_id: requestRunId(RESTORE, token, sha256hex),
    ...{ policy: RESTORE, trigger: 'timer', slot: start, kind: 'restore' },
    restore: { drill: { policy, slot: start }, safety_export: false, restart: true },
  };
}

/** Returns whether another drill of the policy is open. One that cannot be read does not count. */
async function isDrilling({ store }: Deps, policy: string, runId: string): Promise<boolean> {
  for (const { runId: other } of (await listOpen(store)).requests) {
    if (other === runId || !other.startsWith(`${RESTORE}-`)) continue;
    const request = await ifReadable(readRequest(store, other));
    if (request?.restore?.drill?.policy !== policy) continue;
    if (!(await hasSettled(store, other))) return true;
  }
  return false;
}
