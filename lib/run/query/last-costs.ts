import { readReport, readReportedPhones, type Report } from '../../ledger/run/report.ts';
import { listIndexedRuns } from '../../ledger/state/run-index.ts';
import type { Store } from '../../ledger/store/store.ts';
import type { Preview } from './schemas.ts';

/** How many of the policy's last runs are searched for one that exported something. */
const MAX_RUNS = 10;

type Costs = NonNullable<Preview['costs']>;

/**
 * Returns what the policy's last run that exported anything has cost, as an estimate of the next one. Undefined when there is
 * none. Reads the report with its pages.
 */
export async function lastCosts(
  store: Pick<Store, 'get' | 'list' | 'prefix'>,
  policy: string,
): Promise<Costs | undefined> {
  const { runs } = await listIndexedRuns(store, { policy, max: MAX_RUNS });
  const last = runs.find(({ counts }) => counts.exported > 0);
  const report = last && (await readReport(store, last.run_id));
  if (report === undefined) return undefined;
  const phones = await readReportedPhones(store, report);
  return {
    run_id: report.run_id,
    exported: report.counts.exported,
    archive_bytes: phones.reduce((sum, { size = 0 }) => sum + size, 0),
    ...countsOf(report),
  };
}

function countsOf({ metrics }: Report): Pick<Costs, 'function_ms' | 'calls'> {
  if (metrics === undefined) return {};
  const calls = Object.entries(metrics.calls).map(([service, operations]) => {
    const attempts = Object.values(operations).flatMap((results) => Object.values(results));
    return [service, attempts.reduce((sum, count) => sum + count, 0)] as const;
  });
  return { function_ms: metrics.function_ms, calls: Object.fromEntries(calls) };
}
