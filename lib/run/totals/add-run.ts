import { addMetrics } from '../../ledger/run/log/metrics.ts';
import type { Report, ReportedPhone } from '../../ledger/run/report.ts';
import type { RecentRun, Totals } from '../../ledger/state/totals.ts';

const MAX_RECENT = 200;
const MAX_CODES = 64;
const CODE = /^[A-Za-z][\w.-]{0,63}$/;
/** Stands for texts that are no codes, and for codes beyond the 64th. */
const OTHER = 'other';

const SUCCESSES: ReadonlySet<string> = new Set(['exported', 'restored', 'skipped']);

/** Returns the totals with one more settled run. A run of `recent` is not added again. Pure. */
export function addRun(
  known: Totals,
  report: Omit<Report, 'phones'>,
  phones: readonly ReportedPhone[],
): Totals {
  if (known.recent.some(({ run_id }) => run_id === report.run_id)) return known;
  const totals = structuredClone(known);
  const run = recentRun(report, phones);
  add(totals.runs, run.outcome);
  for (const { outcome, code, reason } of phones) {
    add(totals.phones, outcome);
    if (!SUCCESSES.has(outcome)) addFailure(totals.failures, code ?? reason ?? OTHER);
  }
  totals.run_ms += Math.max(0, run.settled_at - run.started_at);
  totals.exported_bytes += run.bytes;
  if (report.metrics !== undefined) addMetrics(totals.metrics, report.metrics);
  const byNewest = [run, ...totals.recent].sort((a, b) => b.settled_at - a.settled_at);
  totals.recent = byNewest.slice(0, MAX_RECENT);
  return totals;
}

function recentRun(
  { run_id, kind, outcome, started_at, settled_at, counts }: Omit<Report, 'phones'>,
  phones: readonly ReportedPhone[],
): RecentRun {
  const exported = phones.filter((phone) => phone.outcome === 'exported');
  return {
    run_id,
    ...(kind === undefined ? {} : { kind }),
    outcome,
    ...{ started_at: Date.parse(started_at), settled_at: Date.parse(settled_at), counts },
    bytes: exported.reduce((sum, { size = 0 }) => sum + size, 0),
  };
}

/** The names of a metric's series must stay few. */
function addFailure(failures: Record<string, number>, code: string): void {
  const isNew = !Object.hasOwn(failures, code);
  const isFull = Object.keys(failures).length >= MAX_CODES;
  add(failures, CODE.test(code) && !(isNew && isFull) ? code : OTHER);
}

function add(tally: Record<string, number>, name: string): void {
  tally[name] = (Object.hasOwn(tally, name) ? (tally[name] ?? 0) : 0) + 1;
}
