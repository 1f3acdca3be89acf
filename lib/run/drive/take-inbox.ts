import { isLookupHint } from '../../ledger/hints/lookup.ts';
import { isSweepHint } from '../../ledger/hints/sweep.ts';
import { layout } from '../../ledger/store/layout.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { Inbox } from '../../ledger/run/request.ts';
import type { RunDeps } from '../deps.ts';
import { type OpenRun, record, toOpenRun } from '../state/open-run.ts';
import { loadRun, refresh } from '../state/stored-run.ts';
import { quarantineRun } from './quarantine.ts';
import type { Work } from './work.ts';

/** Adds the entries of `open/` to the work: new runs, requests to cancel, hints. */
export async function takeInbox(deps: RunDeps, work: Work, inbox: Inbox): Promise<void> {
  for (const { runId, requestedAt } of inbox.requests) {
    if (work.runs.has(runId) || work.quarantined.has(runId)) continue;
    const run = await readOrQuarantine(deps, work, runId, requestedAt);
    if (run !== undefined) work.runs.set(runId, run);
  }
  work.hints = inbox.hints;
  work.phoneHints = inbox.hints.filter((id) => isLookupHint(id) || isSweepHint(id));
  for (const runId of inbox.cancels) {
    const run = work.runs.get(runId);
    const isOpen = inbox.requests.some((request) => request.runId === runId);
    if (run === undefined && !isOpen) await deps.store.remove([layout.cancel(runId)]);
    if (run !== undefined && run.state.cancelledAt === undefined) {
      record(run, [{ type: 'cancel_seen', at: deps.clock.now() }]);
    }
  }
}

async function readOrQuarantine(
  deps: RunDeps,
  work: Work,
  runId: string,
  requestedAt: number,
): Promise<OpenRun | undefined> {
  try {
    const remembered = work.remembered.get(runId);
    if (remembered?.plan !== undefined) {
      await refresh(deps.store, remembered);
      return remembered;
    }
    const run = await loadRun(deps.store, runId, requestedAt);
    return run && toOpenRun(run);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    work.quarantined.add(runId);
    const orphaned = await quarantineRun(deps, runId, error);
    if (orphaned !== undefined) work.orphaned.push(orphaned);
    return undefined;
  }
}
