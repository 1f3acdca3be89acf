import { layout, runOfKey } from '../../ledger/store/layout.ts';
import type { DriveDeps } from '../deps.ts';
import { recordFirstBackups } from '../first-backup/state.ts';
import { notifyDue, notifyRun } from '../notify/notify-run.ts';
import { orGiveUp } from '../settle/or-give-up.ts';
import { isError, orError } from '../state/failures/or-error.ts';
import { requestCancel } from '../request/request-cancel.ts';
import { requestPruneDue } from '../retention/request-due.ts';
import { isSettled, settleRun } from '../settle/settle.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { flush, type OpenRun } from '../state/open-run.ts';
import { noteUsable, removeHandled } from '../state/failures/resting.ts';
import { refresh } from '../state/stored-run.ts';
import { inTurn } from './in-turn.ts';
import { hasSample } from './read-samples.ts';
import type { Work } from './work.ts';

/** Settling many runs is split, so that other work continues. */
const CLOSE_SLICE_MS = 10_000;

/** Settles the runs whose phones all have an outcome, notifies, and closes the runs that were notified. */
export async function closeSettled(deps: DriveDeps, work: Work): Promise<void> {
  const { clock } = deps;
  const until = Math.min(deps.until, clock.now() + CLOSE_SLICE_MS);
  await inTurn(deps, work, { kind: 'close', until }, async (run) => {
    if (clock.now() < run.retryAt.step) return;
    await containFailure(deps, () => closeIfSettled(deps, work, run), { run });
  });
}

async function closeIfSettled(deps: DriveDeps, work: Work, run: OpenRun): Promise<void> {
  if (run.unwritten.result && isSettled(run, deps.clock.now())) {
    await settleRun(deps, run, (orphaned) => {
      if (orphaned.length === 0) return;
      const others = work.orphaned.filter(({ run_id }) => run_id !== run.runId);
      work.orphaned = [...others, ...orphaned];
    });
  }
  if (run.unwritten.result) return;
  await notifyIfDue(deps, run);
  if (run.state.notified === undefined || hasSample(run)) return;
  if (run.request.trigger === 'provisioned') {
    await orGiveUp(deps, run, 'first_backups', () =>
      recordFirstBackups(deps, work.firstBackups, run),
    );
  }
  await orGiveUp(deps, run, 'retention', () => requestPruneDue(deps, run));
  await orGiveUp(deps, run, 'write_log', () => flush(deps, run));
  if (hasUnsaved(run)) await orGiveUp(deps, run, 'cancel_exports', () => cancelExports(deps, run));
  if (run.state.cancelledAt !== undefined) {
    await removeHandled(deps, [layout.cancel(run.runId)]);
  }
  noteUsable(deps, (key) => runOfKey(key) === run.runId);
  deps.writer.log.closed.add(run.runId);
  // Without its request, only LIST and the lease lead to the jobs that it left.
  await orGiveUp(deps, run, 'note_orphans', () => deps.noteOrphans());
  await orGiveUp(deps, run, 'write_log', () => flush(deps, run));
  await removeHandled(deps, [layout.request(run.runId)]);
  work.runs.delete(run.runId);
  work.open.delete(run.runId);
}

/** Returns whether a restore has ended with a phone before its export has: that export waits for nobody any more. */
function hasUnsaved({ state }: OpenRun): boolean {
  return [...state.phones.values()].some(
    ({ planned, saved }) => planned.safety_run !== undefined && saved === undefined,
  );
}

/** After a restore is closed, only requests of their own cancel the runs that export its phones. */
async function cancelExports({ store }: DriveDeps, { plan }: OpenRun): Promise<void> {
  for (const { run_id } of plan?.restore?.safety_runs ?? []) await requestCancel(store, run_id);
}

async function notifyIfDue(deps: DriveDeps, run: OpenRun): Promise<void> {
  const now = deps.clock.now();
  const dueAt = notifyDue(run, now);
  if (dueAt === undefined || dueAt > now) return;
  // Another drive may have notified meanwhile.
  const unread = await orError(() => refresh(deps.store, run));
  if (isError(unread)) {
    // At worst people are notified twice.
    const { code, message } = unread;
    deps.log.warn('step_failed', { run: run.runId, policy: run.request.policy, code, message });
  }
  if (run.state.notified === undefined) await notifyRun(deps, run);
  await orGiveUp(deps, run, 'write_log', () => flush(deps, run));
}
