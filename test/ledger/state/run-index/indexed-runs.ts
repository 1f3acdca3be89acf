import { type Report, writeReport } from '../../../../lib/ledger/run/report.ts';
import { indexRun } from '../../../../lib/ledger/state/run-index/entry.ts';
import { listIndexedRuns } from '../../../../lib/ledger/state/run-index/list.ts';
import type { Store } from '../../../../lib/ledger/store/store.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

/** Returns the report of a run that settled so many minutes after T0. */
export const report = (minute: number, changes: Partial<Report> = {}): Report => ({
  run_id: `nightly-${minute}`,
  policy: 'nightly',
  trigger: 'timer',
  slot: '20260102T023000Z',
  outcome: 'completed',
  started_at: new Date(T0).toISOString(),
  settled_at: new Date(T0 + minute * MINUTE).toISOString(),
  counts: { selected: 1, exported: 1, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 },
  listing_complete: true,
  phones: [],
  ...changes,
});

export const write = (store: Store, one: Report) => writeReport(store, one, one.phones);

/** Indexes runs. `ids` returns the indexed runs that pass a filter. */
export async function indexedRuns(store: Store, ...reports: Report[]) {
  await Promise.all(reports.map((one) => indexRun(store, one)));
  const ids = async (filter: Partial<Parameters<typeof listIndexedRuns>[1]> = {}) => {
    const { runs } = await listIndexedRuns(store, { max: 100, ...filter });
    return runs.map(({ run_id }) => run_id);
  };
  return { store, ids };
}
