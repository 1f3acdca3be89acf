import { ifReadable, isUnreadable } from '../../store/object-error.ts';
import type { Store } from '../../store/store.ts';
import type { EventOf } from '../events.ts';
import { readLog } from '../log/log.ts';
import { type LateArchive, readLateArchives } from '../orphaned-jobs.ts';
import { type Plan, type PlannedPhone, readPlan } from '../plan.ts';
import { readReport, readReportedPhones, type Report, type ReportedPhone } from '../report.ts';
import { type FoldedRun, readFolded, readFoldedPhones } from './folded-run.ts';

type Reader = Pick<Store, 'get' | 'list' | 'prefix'>;

/** A settled run, whole or folded. */
export type SettledRun = {
  plan: Plan;
  /** Without pages. */
  report: Report;
  planned: Pick<PlannedPhone, 'phone_id' | 'phone_name' | 'server_id' | 'image_version'>[];
  reported: ReportedPhone[];
  late: LateArchive[];
  /** What came of reading archives to their end, in order; undefined when the log cannot be read. */
  reads: EventOf<'read'>[] | undefined;
  /** Then `planned` and `reported` are only the phones whose archives stood when it was folded. */
  isFolded: boolean;
};

/** Returns the report of a settled run, of a folded one without phones; undefined for a run that has not settled. Throws ObjectError. */
export async function readSettledReport(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<Report | undefined> {
  const report = await readReport(store, runId);
  if (report !== undefined) return report;
  const folded = await readFolded(store, runId);
  return folded && { ...folded.report, phones: [] };
}

/** Returns a settled run with its phones; undefined for a run that has not settled. Throws ObjectError. */
export async function readSettled(store: Reader, runId: string): Promise<SettledRun | undefined> {
  try {
    const whole = await readWhole(store, runId);
    if (whole !== undefined) return whole;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    // It may be folded at this moment.
    const folded = await readFolded(store, runId);
    if (folded === undefined) throw error;
    return unfolded(store, folded);
  }
  const folded = await readFolded(store, runId);
  return folded && unfolded(store, folded);
}

/** Returns a run that is not folded. */
export async function readWhole(store: Reader, runId: string): Promise<SettledRun | undefined> {
  const report = await readReport(store, runId);
  const stored = report && (await readPlan(store, runId));
  if (report === undefined || stored === undefined) return undefined;
  return {
    ...{ plan: stored.plan, planned: stored.phones, report },
    reported: await readReportedPhones(store, report),
    late: await readLateArchives(store, runId),
    reads: stored.plan.terms?.read === undefined ? [] : await readsOf(store, runId),
    isFolded: false,
  };
}

async function readsOf(store: Reader, runId: string): Promise<EventOf<'read'>[] | undefined> {
  const events = await ifReadable(readLog(store, runId));
  return events?.filter((event) => event.type === 'read');
}

async function unfolded(store: Reader, folded: FoldedRun): Promise<SettledRun> {
  const phones = await readFoldedPhones(store, folded);
  return {
    plan: { ...folded.plan, parts: [] },
    report: { ...folded.report, phones: [] },
    planned: phones,
    reported: phones,
    late: phones.flatMap(({ late = [] }) => late),
    reads: phones.flatMap(({ read }) => (read === undefined ? [] : [read])),
    isFolded: true,
  };
}
