import { readQuarantine } from '../../../ledger/state/notified/unreadable.ts';
import { ifReadable, isUnreadable, throwIfListed } from '../../../ledger/store/object-error.ts';
import { layout, readOpenKey } from '../../../ledger/store/layout.ts';
import { readPlan } from '../../../ledger/run/plan.ts';
import { readReport, type Report } from '../../../ledger/run/report.ts';
import { readRequest, type RunRequest } from '../../../ledger/run/request.ts';
import { type FoldedRun, readFolded } from '../../../ledger/run/settled/folded-run.ts';
import type { Store } from '../../../ledger/store/store.ts';
import { loadRun, type StoredRun } from '../../state/stored-run.ts';
import type { ObjectProblem } from '../schemas/object.ts';
import { problemOf } from '../unreadable.ts';

/** Longer than any run id, so that stray objects of `open/` are shown too. */
const MAX_ID_LENGTH = 200;

type Reading = Pick<Store, 'get' | 'list'>;

/** A run in the ledger. A run with a report is settled, whether or not its notification was published. `folded`: what is left of an old one. */
export type FoundRun =
  | { kind: 'settled'; report: Report; folded?: FoldedRun }
  | { kind: 'open'; run: StoredRun }
  | { kind: 'quarantined'; problem: ObjectProblem; request: RunRequest | undefined };

/**
 * Returns a run, with its folded state when it is open; undefined for an unknown id. A run is `quarantined` when an object of
 * it cannot be used, or when drive has recorded so.
 */
export async function findRun(store: Reading, runId: string): Promise<FoundRun | undefined> {
  if (runId.length > MAX_ID_LENGTH || readOpenKey(layout.request(runId))?.id !== runId)
    return undefined;
  try {
    return await readRun(store, runId);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const request = await readableRequest(store, runId);
    return { kind: 'quarantined', problem: problemOf(error), request };
  }
}

async function readRun(store: Reading, runId: string): Promise<FoundRun | undefined> {
  const report = await readReport(store, runId);
  if (report !== undefined) return { kind: 'settled', report };
  const folded = await readFolded(store, runId);
  if (folded !== undefined) {
    return { kind: 'settled', report: { ...folded.report, phones: [] }, folded };
  }
  const run = await loadRun(store, runId, 0);
  // The report is written before the request is removed: a run that was closed meanwhile has one now.
  const newReport = run === undefined ? await readReport(store, runId) : run.report;
  if (newReport !== undefined) return { kind: 'settled', report: newReport };
  if (run === undefined) {
    await throwIfListed(store, layout.request(runId));
    return throwIfListed(store, layout.report(runId));
  }
  const problem = await currentQuarantine(store, runId);
  if (problem === undefined) return { kind: 'open', run };
  return { kind: 'quarantined', problem, request: run.request };
}

/** Returns why drive has quarantined the run; undefined when an object of it was written since, which may have fixed it. */
async function currentQuarantine(
  store: Reading,
  runId: string,
): Promise<ObjectProblem | undefined> {
  const own = await readQuarantine(store, runId);
  if (own === undefined) return undefined;
  const [request, written] = await Promise.all([
    store.list(layout.request(runId), { max: 1 }),
    store.list(layout.run(runId)),
  ]);
  const isNewer = [...request, ...written].some(({ lastModified }) => lastModified > own.tried_at);
  return isNewer ? undefined : problemOf(own);
}

/** Returns the request, from the request itself or from the plan, as far as either is readable. */
async function readableRequest(store: Reading, runId: string): Promise<RunRequest | undefined> {
  const request = await ifReadable(readRequest(store, runId));
  return request ?? (await ifReadable(readPlan(store, runId)))?.plan.request;
}
