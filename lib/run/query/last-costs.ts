import { readReport, type Report } from '../../ledger/run/report.ts';
import { listIndexedRuns } from '../../ledger/state/run-index/list.ts';
import { layout } from '../../ledger/store/layout.ts';
import { isUnreadable, type ObjectError, throwIfListed } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';
import { readReported } from './runs/run-phones.ts';
import type { Preview } from './schemas/preview.ts';

/** How many of the policy's last runs are searched for one that exported something. */
const MAX_RUNS = 10;

/** Runs of a few phones only: new ones, or those that a restore exports first. */
const FEW_PHONES: ReadonlySet<string> = new Set(['provisioned', 'restore']);

type Costs = NonNullable<Preview['costs']>;
type Reading = Pick<Store, 'get' | 'list' | 'prefix'>;

/**
 * Returns what the policy's last run that exported anything has cost, as an estimate of the next one. Undefined when there is
 * none. Runs for new phones or before a restore do not count. Reads the report with its pages. A run one of whose objects cannot be used is passed over; `unreadable` has the errors.
 */
export async function lastCosts(
  store: Reading,
  policy: string,
): Promise<{ costs: Costs | undefined; unreadable: ObjectError[] }> {
  const { runs } = await listIndexedRuns(store, { policy, max: MAX_RUNS });
  const unreadable: ObjectError[] = [];
  for (const run of runs) {
    if ('error' in run) {
      unreadable.push(run.error);
    } else if (run.counts.exported > 0 && !FEW_PHONES.has(run.trigger)) {
      const { costs, errors } = await costsOf(store, run.run_id);
      if (costs !== undefined) return { costs, unreadable };
      unreadable.push(...errors);
    }
  }
  return { costs: undefined, unreadable };
}

async function costsOf(
  store: Reading,
  runId: string,
): Promise<{ costs?: Costs; errors: ObjectError[] }> {
  try {
    const report = await readReport(store, runId);
    if (report === undefined) {
      await throwIfListed(store, layout.report(runId));
      return { errors: [] };
    }
    const { phones, unreadable } = await readReported(store, report);
    if (unreadable.length > 0) return { errors: unreadable };
    const archive_bytes = phones.reduce((sum, { size = 0 }) => sum + size, 0);
    const { exported } = report.counts;
    return { costs: { run_id: runId, exported, archive_bytes, ...countsOf(report) }, errors: [] };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { errors: [error] };
  }
}

function countsOf({ metrics }: Report): Pick<Costs, 'function_ms' | 'calls'> {
  if (metrics === undefined) return {};
  const calls = Object.entries(metrics.calls).map(([service, operations]) => {
    const attempts = Object.values(operations).flatMap((results) => Object.values(results));
    return [service, attempts.reduce((sum, count) => sum + count, 0)] as const;
  });
  return { function_ms: metrics.function_ms, calls: Object.fromEntries(calls) };
}
