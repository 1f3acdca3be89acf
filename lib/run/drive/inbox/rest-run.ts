import { fold } from '../../../ledger/run/fold.ts';
import { startState } from '../../../ledger/run/run-state.ts';
import { readPlan } from '../../../ledger/run/plan.ts';
import { layout } from '../../../ledger/store/layout.ts';
import {
  ifCached,
  type ObjectError,
  unwritableObject,
} from '../../../ledger/store/object-error.ts';
import type { Store } from '../../../ledger/store/store.ts';
import type { DriveDeps } from '../../deps.ts';
import { isError, orError } from '../../state/failures/or-error.ts';
import { readEvents } from '../../query/runs/run-log.ts';
import { orphanRunningJobs } from '../../settle/orphaned/orphaned-jobs.ts';
import { containFailure } from '../../state/failures/contain-failure.ts';
import { noteUnreadable, noteUsable, restUntil } from '../../state/failures/resting.ts';
import { flush, type OpenRun } from '../../state/open-run.ts';
import type { StoredRun } from '../../state/stored-run.ts';
import type { Work } from '../work.ts';

type Reading = Pick<Store, 'get' | 'list'>;

/**
 * Lets a run rest one of whose objects cannot be used: it is tried again later, and all other runs go on. The phones that its
 * jobs still export stay busy, as far as they are known: from `known`, or from what can be read of its plan and log.
 */
export async function restRun(
  deps: DriveDeps,
  work: Work,
  run: { runId: string; known?: StoredRun | undefined },
  error: ObjectError,
): Promise<void> {
  noteUnreadable(deps, error);
  if (work.orphaned.some(({ run_id }) => run_id === run.runId)) return;
  const known = run.known ?? (await readAround(deps, run.runId, error));
  if (known === undefined || run.known?.report !== undefined) return;
  let isStored = true;
  const store = {
    ...deps.store,
    put: async (key: string, body: string): Promise<void> => {
      isStored &&= await containFailure(deps, () => deps.store.put(key, body));
    },
  };
  work.orphaned.push(...(await orphanRunningJobs({ ...deps, store }, known)));
  // The next drive has to know which phones are busy: it looks at the run again.
  if (!isStored) restUntil(deps, error.key, deps.clock.now());
}

/** Returns what can be read of a run without the object that is known to be unreadable, and may take long. */
function readAround(
  deps: DriveDeps,
  runId: string,
  error: ObjectError,
): ReturnType<typeof readKnown> {
  const store: Reading = {
    ...deps.store,
    get: (key) => (key === error.key ? Promise.reject(error) : deps.store.get(key)),
  };
  return ifCached(readKnown(store, runId));
}

async function readKnown(
  store: Reading,
  runId: string,
): Promise<Pick<StoredRun, 'runId' | 'plan' | 'state'> | undefined> {
  const planned = await readPlan(store, runId);
  if (planned === undefined) return undefined;
  const { events } = await readEvents(store, runId);
  return { runId, plan: planned.plan, state: fold(startState(planned.phones), events) };
}

/**
 * Writes the rest of the log of each run. A run whose log cannot be written rests, with what is unwritten in memory. Returns
 * whether all was written. Throws what stops the drive, after the other runs.
 */
export async function flushOrRest(deps: DriveDeps, work: Work): Promise<boolean> {
  const each = [...work.runs.values()].map((run) => flushOne(deps, work, run));
  const results = await Promise.allSettled(each);
  const stopped = results.find((result) => result.status === 'rejected');
  if (stopped !== undefined) throw stopped.reason;
  return results.every((result) => result.status === 'fulfilled' && result.value);
}

async function flushOne(deps: DriveDeps, work: Work, run: OpenRun): Promise<boolean> {
  const failed = await orError(() => flush(deps, run));
  const { runId } = run;
  const key = layout.log(runId);
  if (!isError(failed)) {
    const hasWritten = deps.writer.log.own.has(runId);
    if (hasWritten) noteUsable(deps, (other) => other === key);
    return true;
  }
  await restRun(deps, work, { runId, known: run }, unwritableObject(key, failed));
  return false;
}
