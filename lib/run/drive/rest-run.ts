import { fold } from '../../ledger/run/fold.ts';
import { startState } from '../../ledger/run/run-state.ts';
import { readPlan } from '../../ledger/run/plan.ts';
import { ifReadable, type ObjectError } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';
import type { DriveDeps } from '../deps.ts';
import { readEvents } from '../query/runs/run-log.ts';
import { orphanRunningJobs } from '../settle/orphaned-jobs.ts';
import { noteUnreadable } from '../state/failures/resting.ts';
import type { StoredRun } from '../state/stored-run.ts';
import type { Work } from './work.ts';

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
  const store: Reading = {
    ...deps.store,
    // It is known to be unreadable, and may take long.
    get: (key) => (key === error.key ? Promise.reject(error) : deps.store.get(key)),
  };
  const known = run.known ?? (await ifReadable(readKnown(store, run.runId)));
  if (known !== undefined) work.orphaned.push(...(await orphanRunningJobs(deps, known)));
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
