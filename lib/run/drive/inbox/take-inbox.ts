import { isLookupHint } from '../../../ledger/hints/lookup.ts';
import { isSweepHint } from '../../../ledger/hints/sweep.ts';
import { orphanNames } from '../../../ledger/lease/orphan-names.ts';
import { type Inbox, listOpen } from '../../../ledger/run/request.ts';
import { layout, readOpenKey } from '../../../ledger/store/layout.ts';
import { getObject } from '../../../ledger/store/object-error.ts';
import type { DriveDeps } from '../../deps.ts';
import { orError } from '../../state/failures/or-error.ts';
import { takeListed } from './in-flight.ts';
import { record } from '../../state/open-run.ts';
import { isResting, noteUsable, removeHandled, restsUntil } from '../../state/failures/resting.ts';
import { takePrunes } from '../prune.ts';
import type { Work } from '../work.ts';

/** Returns what `open/` holds, with the orphaned jobs that LIST does not show yet. */
export async function readInbox({ store, writer }: DriveDeps): Promise<Inbox> {
  const inbox = await listOpen(store);
  return { ...inbox, orphaned: orphanNames(inbox.orphaned, writer.log) };
}

/** Takes up what `open/` holds: new runs, which are read later, requests to cancel, hints. */
export async function takeInbox(deps: DriveDeps, work: Work, inbox: Inbox): Promise<void> {
  forgetGone(deps, inbox);
  work.open = new Set(inbox.requests.map(({ runId }) => runId));
  const isNew = ({ runId }: { runId: string }): boolean =>
    !work.runs.has(runId) && restsUntil(deps, runId) === 0;
  work.unread = new Map(inbox.requests.filter(isNew).map((request) => [request.runId, request]));
  takeListed(work.notRead, work);
  work.hints = inbox.hints;
  work.phoneHints = inbox.hints.filter((id) => isLookupHint(id) || isSweepHint(id));
  work.cancels = inbox.cancels;
  takePrunes(deps, work, inbox.prunes);
}

/** Records the requests to cancel in the runs that were read. A restore takes the runs that export its phones along. */
export async function takeCancels(deps: DriveDeps, work: Work): Promise<void> {
  for (const runId of work.cancels) await takeCancel(deps, work, runId);
  work.cancels = work.cancels.filter((runId) => work.unread.has(runId));
}

async function takeCancel(deps: DriveDeps, work: Work, runId: string): Promise<void> {
  const key = layout.cancel(runId);
  const run = work.runs.get(runId);
  const isClosed = run === undefined && !work.open.has(runId) && !isResting(deps, key);
  if (isClosed && (await isGone(deps, runId))) await removeHandled(deps, [key]);
  const exports = run?.plan?.restore?.safety_runs ?? [];
  for (const each of [run, ...exports.map(({ run_id }) => work.runs.get(run_id))]) {
    if (each === undefined || each.state.cancelledAt !== undefined) continue;
    record(each, [{ type: 'cancel_seen', at: deps.clock.now() }]);
  }
}

/** LIST may show the request to cancel before the request of the run. */
async function isGone({ store }: DriveDeps, runId: string): Promise<boolean> {
  return (await orError(() => getObject(store, layout.request(runId)))) === undefined;
}

/** Forgets objects of `open/` that somebody has deleted. */
function forgetGone(deps: DriveDeps, inbox: Inbox): void {
  const { requests, cancels, orphaned, hints, prunes } = inbox;
  const listed = new Set([
    ...requests.map(({ runId }) => layout.request(runId)),
    ...cancels.map(layout.cancel),
    ...orphaned.map((id) => layout.orphanedJobs(id)),
    ...hints.map(layout.hint),
    ...prunes.map(({ policy }) => layout.pruneRequest(policy)),
  ]);
  noteUsable(deps, (key) => readOpenKey(key) !== undefined && !listed.has(key));
}
