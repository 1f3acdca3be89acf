import { readQuarantined } from '../../ledger/state/quarantined.ts';
import { isBroken, unlessBroken } from '../../ledger/store/json.ts';
import { layout, readOpenKey } from '../../ledger/store/layout.ts';
import { readPlan } from '../../ledger/run/plan.ts';
import { readReport, type Report } from '../../ledger/run/report.ts';
import { readRequest, type RunRequest } from '../../ledger/run/request.ts';
import type { Store } from '../../ledger/store/store.ts';
import { loadRun, type StoredRun } from '../state/stored-run.ts';

/** Longer than any id that is given, so that odd objects of `open/` are told too. */
const MAX_ID_LENGTH = 200;

type Reading = Pick<Store, 'get' | 'list'>;

/** What the ledger holds of a run. A run with a report is settled, whether or not its message is out. */
export type FoundRun =
  | { kind: 'settled'; report: Report }
  | { kind: 'open'; run: StoredRun }
  | { kind: 'quarantined'; code: string; message: string; request: RunRequest | undefined };

/**
 * Finds a run, its state read and folded when it goes on; undefined when none was asked for under this id. Objects that are
 * broken or newer than this version make it `quarantined`, and so does drive's note that they are.
 */
export async function findRun(store: Reading, runId: string): Promise<FoundRun | undefined> {
  if (runId.length > MAX_ID_LENGTH || readOpenKey(layout.request(runId))?.id !== runId)
    return undefined;
  try {
    return await readRun(store, runId);
  } catch (error) {
    if (!isBroken(error)) throw error;
    const { code, message } = error;
    return { kind: 'quarantined', code, message, request: await requestLeft(store, runId) };
  }
}

async function readRun(store: Reading, runId: string): Promise<FoundRun | undefined> {
  const report = await readReport(store, runId);
  if (report !== undefined) return { kind: 'settled', report };
  const run = await loadRun(store, runId, 0);
  // The report is written before the request goes: a run that was closed meanwhile has one now.
  const notification = run === undefined ? await readReport(store, runId) : run.report;
  if (notification !== undefined) return { kind: 'settled', report: notification };
  if (run === undefined) return undefined;
  const quarantined = await standingAside(store, runId);
  if (quarantined === undefined) return { kind: 'open', run };
  return { kind: 'quarantined', ...quarantined, request: run.request };
}

/** Drive's note that it cannot read the run, unless something of the run was written since: it was mended then, or taken up again. */
async function standingAside(
  store: Reading,
  runId: string,
): Promise<{ code: string; message: string } | undefined> {
  const note = await readQuarantined(store, runId);
  if (note === undefined) return undefined;
  const [quarantined, request, written] = await Promise.all([
    store.list(layout.quarantined(runId), { max: 1 }),
    store.list(layout.request(runId), { max: 1 }),
    store.list(layout.run(runId)),
  ]);
  const notedAt = quarantined[0]?.lastModified ?? 0;
  const isNewer = [...request, ...written].some(({ lastModified }) => lastModified > notedAt);
  return isNewer ? undefined : { code: note.code, message: note.message };
}

/** What can still be read of the request. */
async function requestLeft(store: Reading, runId: string): Promise<RunRequest | undefined> {
  const request = await unlessBroken(readRequest(store, runId));
  return request ?? (await unlessBroken(readPlan(store, runId)))?.plan.request;
}
