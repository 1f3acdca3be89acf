import pLimit from 'p-limit';
import { hasCode } from '../../../errors.ts';
import { isClosed } from '../../../ledger/run/log/log-ends.ts';
import { orphanedJobsKey, orphanIds } from '../../../ledger/run/orphaned-jobs.ts';
import type { Inbox } from '../../../ledger/run/request.ts';
import { layout, runOfKey } from '../../../ledger/store/layout.ts';
import { asUnreadable, getObject, throwIfListed } from '../../../ledger/store/object-error.ts';
import type { DriveDeps } from '../../deps.ts';
import { isFolded } from '../../../ledger/run/settled/has-settled.ts';
import { loadOrphanedJobs } from '../../settle/orphaned/orphaned-jobs.ts';
import { mayLeaveJob } from '../../state/attempt-status.ts';
import { type OpenRun, toOpenRun } from '../../state/open-run.ts';
import { noteRead } from './in-flight.ts';
import { noteUsable, removeHandled } from '../../state/failures/resting.ts';
import { loadRun, refresh } from '../../state/stored-run.ts';
import { untilTimeUp } from '../../state/until-time-up.ts';
import { fromAnother } from '../in-turn.ts';
import { restRun } from './rest-run.ts';
import type { Work } from '../work.ts';

/** Each may have thousands of phones. */
const RUNS_AT_ONCE = 16;

/**
 * Reads the runs that the inbox shows and that are not read yet: first those that hold up exports, since nothing is known of
 * them, then those with exports in flight, then those that a person requested. Begins with none after `until` (epoch ms). A run
 * that cannot be read rests; one whose reading is throttled is read later, and rests the second time.
 */
export async function readRuns(deps: DriveDeps, work: Work, until: number): Promise<void> {
  const { clock } = deps;
  const bounded = untilTimeUp(deps);
  const limit = pLimit(RUNS_AT_ONCE);
  const isTimed = ({ runId }: { runId: string }): boolean => /-\d{8}t\d{6}z$/.test(runId);
  const unread = [...work.unread.values()];
  const { unknown, jobs } = work.notRead;
  const rank = ({ runId }: { runId: string }): number =>
    unknown.has(runId) ? 0 : jobs.has(runId) ? 1 : 2;
  const order = [
    ...unread.filter((request) => !isTimed(request)),
    ...fromAnother(unread.filter(isTimed), clock.now()),
  ].sort((a, b) => rank(a) - rank(b));
  const each = order.map((request) =>
    limit(async () => {
      if (clock.now() >= until) return;
      const run = await readOrRest(bounded, work, request);
      if (run === 'later') return;
      work.unread.delete(request.runId);
      if (run !== undefined) work.runs.set(run.runId, run);
      if (isLost(work, request)) work.notRead.unknown.delete(request.runId);
      else noteRead(work.notRead, request.runId);
    }),
  );
  await Promise.all(each);
}

/** Returns whether a run rests whose exports cannot be read: then those that the drive before knew count on. */
function isLost({ open, runs, orphaned }: Work, { runId }: { runId: string }): boolean {
  const isKnown = runs.has(runId) || orphaned.some(({ run_id }) => run_id === runId);
  return open.has(runId) && !isKnown;
}

async function readOrRest(
  deps: DriveDeps,
  work: Work,
  { runId, requestedAt }: Inbox['requests'][number],
): Promise<OpenRun | 'later' | undefined> {
  const remembered = work.remembered.get(runId);
  const known = remembered?.plan === undefined ? undefined : remembered;
  try {
    const run = known ?? (await readNew(deps, runId, requestedAt));
    if (known !== undefined) await refresh(deps.store, known, deps.writer.log);
    if (run === undefined) work.open.delete(runId);
    else await goOn(deps, work, run);
    return run;
  } catch (error) {
    if (hasCode(error, 'time_up')) return 'later';
    if (hasCode(error, 'throttled') && !work.throttled.has(runId)) {
      // That says nothing of the run yet.
      work.throttled.add(runId);
      return 'later';
    }
    await restRun(deps, work, { runId, known }, asUnreadable(layout.run(runId), error));
    return undefined;
  }
}

async function readNew(
  deps: DriveDeps,
  runId: string,
  requestedAt: number,
): Promise<OpenRun | undefined> {
  const { store, writer } = deps;
  const run = await loadRun(store, runId, requestedAt, writer.log);
  if (run !== undefined && run.plan === undefined && (await isFolded(store, runId))) {
    // It was requested again long after it had settled.
    await removeHandled(deps, [layout.request(runId)]);
    return undefined;
  }
  if (run !== undefined) return toOpenRun(run);
  // A drive that was killed has not recorded the runs that it closed.
  const isOver = isClosed(writer.log, runId) || (await getObject(store, layout.report(runId)));
  return isOver ? undefined : throwIfListed(store, layout.request(runId));
}

/** Takes up the jobs that a settled run has left, although LIST may not show them yet: this drive closes the run. */
async function takeLeft(deps: DriveDeps, work: Work, { runId, state }: OpenRun): Promise<void> {
  const left = [...state.phones.values()].flatMap(({ attempts }) =>
    [...attempts.values()].filter(mayLeaveJob),
  ).length;
  const known = new Set(work.orphaned.map(orphanedJobsKey));
  for (const id of orphanIds(runId, left)) {
    if (known.has(layout.orphanedJobs(id))) continue;
    for (const jobs of await loadOrphanedJobs(deps, [id])) {
      work.orphaned.push(jobs);
      deps.writer.log.orphaned.set(id, true);
    }
  }
}

/** The run was read: it follows its jobs itself, also those that others followed while it rested. */
async function goOn(deps: DriveDeps, work: Work, run: OpenRun): Promise<void> {
  noteUsable(deps, (key, { handled, code }) => {
    if (key === layout.request(run.runId)) return handled !== true;
    if (code === 'object_unwritable') return false;
    return runOfKey(key) === run.runId && !key.startsWith(layout.reportPages(run.runId));
  });
  const own = work.orphaned.filter(({ run_id }) => run_id === run.runId);
  if (run.report !== undefined) return takeLeft(deps, work, run);
  if (own.length === 0) return;
  work.orphaned = work.orphaned.filter(({ run_id }) => run_id !== run.runId);
  await removeHandled(deps, own.map(orphanedJobsKey));
}
