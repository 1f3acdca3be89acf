import pLimit from 'p-limit';
import type { EventOf, RunEvent } from '../../ledger/run/events.ts';
import { layout } from '../../ledger/store/layout.ts';
import { readPlan } from '../../ledger/run/plan.ts';
import { readReportedPhones, type Report, type ReportedPhone } from '../../ledger/run/report.ts';
import { exists, type Store } from '../../ledger/store/store.ts';
import { archiveKey } from '../../policy/keys/keys.ts';
import { statusOf } from '../state/next-step.ts';
import { unlessBroken } from '../../ledger/store/json.ts';
import { findRun, type FoundRun } from './find-run.ts';
import { type PhoneStep, phoneSteps } from '../state/phone-steps.ts';
import { metricsOf, type StoredRun } from '../state/stored-run.ts';
import { stateOf } from './progress.ts';
import { logLines, type ReadEvents, readEvents } from './run-log.ts';
import { summaryOf } from './summarize.ts';
import { instantOf, type LogLine, type RunPhone, type RunView } from './schemas.ts';

export { exportCalls } from './run-log.ts';

const PAGES_AT_ONCE = 8;

/** One look at a run: what the ledger holds of it is read once, whatever is asked of it. */
export type LookedAt = {
  view(): Promise<RunView>;
  /**
   * Its phones in submission order; none when it has no plan that can be read. Phones whose page of the report cannot be
   * read are left out.
   */
  phones(): Promise<RunPhone[]>;
  /** Its log, oldest line first. */
  log(): Promise<LogLine[]>;
};

/**
 * Looks at a run as it stands at `now` (epoch ms), or as it ended; undefined when none was asked for under this id. Writes
 * nothing, and tells of objects that cannot be read instead of throwing.
 */
export async function readRunState(
  store: Store,
  runId: string,
  now: number,
): Promise<LookedAt | undefined> {
  const found = await findRun(store, runId);
  if (found === undefined) return undefined;
  let read: Promise<ReadEvents> | undefined;
  const events = (): Promise<ReadEvents> => (read ??= readEvents(store, runId));
  return {
    view: () => viewOf(store, runId, found, events, now),
    phones: async () => phonesOf(store, found, now),
    log: async () => logLines(await events()),
  };
}

/** How a run stands or ended: `lookAtRun` for those who want no more of it. */
export async function getRun(
  store: Store,
  runId: string,
  now: number,
): Promise<RunView | undefined> {
  return (await readRunState(store, runId, now))?.view();
}

async function viewOf(
  store: Store,
  runId: string,
  found: FoundRun,
  events: () => Promise<ReadEvents>,
  now: number,
): Promise<RunView> {
  const cancelling = found.kind !== 'settled' && (await exists(store, layout.cancel(runId)));
  const summary = summaryOf(runId, found, cancelling, now);
  switch (found.kind) {
    case 'quarantined':
      return { ...summary, ...untold, message: found.message };
    case 'open': {
      const { notified, failures } = found.run.state;
      const told = [...(notified === undefined ? [] : [notified]), ...failures];
      const listing_complete = found.run.plan?.listing_complete ?? null;
      const metrics = metricsOf(found.run);
      return { ...summary, ...untold, ...toldBy(told), listing_complete, metrics };
    }
    case 'settled': {
      const { message, listing_complete, metrics = null } = found.report;
      return {
        ...summary,
        ...(message === undefined ? {} : { message }),
        listing_complete,
        ...toldBy((await events()).events),
        metrics,
        report: { key: store.prefix + layout.report(runId) },
      };
    }
  }
}

const untold = {
  listing_complete: null,
  notified: null,
  failures: [],
  metrics: null,
  report: null,
};

/** What a run's events tell its reader; the first message that went out counts. */
function toldBy(events: readonly RunEvent[]): Pick<RunView, 'notified' | 'failures'> {
  const notified = events.find((event) => event.type === 'notified');
  return {
    notified: notified === undefined ? null : noticeOf(notified),
    failures: events.flatMap((event) =>
      event.type === 'step_failed'
        ? [{ at: instantOf(event.at), code: event.code, message: event.message }]
        : [],
    ),
  };
}

function noticeOf({ at, message_id, skipped }: EventOf<'notified'>): RunView['notified'] {
  return {
    at: instantOf(at),
    ...(message_id === undefined ? {} : { message_id }),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

async function phonesOf(store: Store, found: FoundRun, now: number): Promise<RunPhone[]> {
  if (found.kind === 'settled') return reportedPhones(store, found.report);
  if (found.kind === 'quarantined') return [];
  return phoneSteps(found.run, now).map((decided) => livePhone(found.run, decided));
}

async function reportedPhones(store: Store, report: Report): Promise<RunPhone[]> {
  const limit = pLimit(PAGES_AT_ONCE);
  const pages = [{ ...report, pages: [] }, ...onePageEach(report)];
  const [planned, ...phones] = await Promise.all([
    unlessBroken(readPlan(store, report.run_id)),
    ...pages.map((page) => limit(() => unlessBroken(readReportedPhones(store, page)))),
  ]);
  const names = new Map(planned?.phones.map((phone) => [phone.phone_id, phone]));
  return phones
    .flatMap((page): ReportedPhone[] => page ?? [])
    .map(({ outcome, ...phone }) => {
      const { phone_name = '', server_id = '' } = names.get(phone.phone_id) ?? {};
      return { ...phone, phone_name, server_id, state: outcome };
    });
}

const onePageEach = (report: Report): Report[] =>
  (report.pages ?? []).map((page) => ({ ...report, phones: [], pages: [page] }));

function livePhone(run: StoredRun, { phone, step }: PhoneStep): RunPhone {
  const { phone_id, phone_name, server_id } = phone.planned;
  const sent = [...phone.attempts.values()].filter((attempt) => statusOf(attempt).kind !== 'void');
  const own = { phone_id, phone_name, server_id, state: stateOf(step), attempts: sent.length };
  if (step.kind !== 'done') return own;
  const { reason, code, archive } = step;
  const terms = run.plan?.terms;
  if (archive?.verified !== undefined && terms !== undefined) {
    const { size, etag } = archive.verified;
    const key = archiveKey(terms.folder, run.runId, phone_id, archive.number);
    return { ...own, bucket: terms.bucket, key, size, etag };
  }
  return {
    ...own,
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
  };
}
