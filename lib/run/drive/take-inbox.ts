import pLimit from 'p-limit';
import { isLookupHint } from '../../ledger/hints/lookup.ts';
import { isSweepHint } from '../../ledger/hints/sweep.ts';
import { isClosed } from '../../ledger/run/log-ends.ts';
import { orphanedJobsKey } from '../../ledger/run/orphaned-jobs.ts';
import type { Inbox } from '../../ledger/run/request.ts';
import { layout, readOpenKey, runOfKey } from '../../ledger/store/layout.ts';
import { isUnreadable, throwIfListed } from '../../ledger/store/object-error.ts';
import type { DriveDeps } from '../deps.ts';
import { type OpenRun, record, toOpenRun } from '../state/open-run.ts';
import { isResting, noteUsable, removeHandled, restsUntil } from '../state/resting.ts';
import { loadRun, refresh } from '../state/stored-run.ts';
import { restRun } from './rest-run.ts';
import type { Work } from './work.ts';

/** Each may have thousands of phones. */
const RUNS_AT_ONCE = 4;

/** Takes up what `open/` holds: new runs, requests to cancel, hints. A run that cannot be read rests. */
export async function takeInbox(deps: DriveDeps, work: Work, inbox: Inbox): Promise<void> {
  forgetGone(deps, inbox);
  work.open = new Set(inbox.requests.map(({ runId }) => runId));
  const isNew = ({ runId }: { runId: string }): boolean =>
    !work.runs.has(runId) && restsUntil(deps, runId) === 0;
  const limit = pLimit(RUNS_AT_ONCE);
  const each = inbox.requests
    .filter(isNew)
    .map(({ runId, requestedAt }) => limit(async () => readOrRest(deps, work, runId, requestedAt)));
  for (const run of await Promise.all(each)) if (run !== undefined) work.runs.set(run.runId, run);
  work.hints = inbox.hints;
  work.phoneHints = inbox.hints.filter((id) => isLookupHint(id) || isSweepHint(id));
  for (const runId of inbox.cancels) await takeCancel(deps, work, runId);
}

async function takeCancel(deps: DriveDeps, work: Work, runId: string): Promise<void> {
  const key = layout.cancel(runId);
  const run = work.runs.get(runId);
  if (run === undefined && !work.open.has(runId) && !isResting(deps, key)) {
    await removeHandled(deps, [key]);
  }
  if (run !== undefined && run.state.cancelledAt === undefined) {
    record(run, [{ type: 'cancel_seen', at: deps.clock.now() }]);
  }
}

async function readOrRest(
  deps: DriveDeps,
  work: Work,
  runId: string,
  requestedAt: number,
): Promise<OpenRun | undefined> {
  const remembered = work.remembered.get(runId);
  const known = remembered?.plan === undefined ? undefined : remembered;
  try {
    const run = known ?? (await readNew(deps, runId, requestedAt));
    if (known !== undefined) await refresh(deps.store, known, deps.writer.log);
    if (run === undefined) work.open.delete(runId);
    else await goOn(deps, work, run);
    return run;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    await restRun(deps, work, { runId, known }, error);
    return undefined;
  }
}

async function readNew(
  { store, writer }: DriveDeps,
  runId: string,
  requestedAt: number,
): Promise<OpenRun | undefined> {
  const run = await loadRun(store, runId, requestedAt, writer.log);
  if (run !== undefined) return toOpenRun(run);
  return isClosed(writer.log, runId) ? undefined : throwIfListed(store, layout.request(runId));
}

/** The run was read: it follows its jobs itself, also those that others followed while it rested. */
async function goOn(deps: DriveDeps, work: Work, run: OpenRun): Promise<void> {
  noteUsable(deps, (key, { handled }) => {
    if (key === layout.request(run.runId)) return handled !== true;
    return runOfKey(key) === run.runId && !key.startsWith(layout.reportPages(run.runId));
  });
  const own = work.orphaned.filter(({ run_id }) => run_id === run.runId);
  if (run.report !== undefined || own.length === 0) return;
  work.orphaned = work.orphaned.filter(({ run_id }) => run_id !== run.runId);
  await removeHandled(deps, own.map(orphanedJobsKey));
}

/** Forgets objects of `open/` that somebody has deleted. */
function forgetGone(deps: DriveDeps, { requests, cancels, orphaned, hints }: Inbox): void {
  const listed = new Set([
    ...requests.map(({ runId }) => layout.request(runId)),
    ...cancels.map(layout.cancel),
    ...orphaned.map((id) => layout.orphanedJobs(id)),
    ...hints.map(layout.hint),
  ]);
  noteUsable(deps, (key) => readOpenKey(key) !== undefined && !listed.has(key));
}
