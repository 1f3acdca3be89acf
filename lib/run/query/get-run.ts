import pLimit from 'p-limit';
import type { EventOf, RunEvent } from '../../ledger/run/events.ts';
import { layout } from '../../ledger/store/layout.ts';
import { readPlan } from '../../ledger/run/plan.ts';
import { readReportedPhones, type Report, type ReportedPhone } from '../../ledger/run/report.ts';
import { exists, type Store } from '../../ledger/store/store.ts';
import { archiveKey } from '../../policy/keys/keys.ts';
import { statusOf } from '../state/attempt-status.ts';
import { ifReadable } from '../../ledger/store/object-error.ts';
import { findRun, type FoundRun } from './find-run.ts';
import { type PhoneStep, phoneSteps } from '../state/phone-steps.ts';
import { metricsOf, type StoredRun } from '../state/stored-run.ts';
import { stateOf } from './progress.ts';
import { logLines, type ReadEvents, readEvents } from './run-log.ts';
import { summaryOf } from './summarize.ts';
import { instantOf, type LogLine, type RunPhone, type RunView } from './schemas.ts';

const PAGES_AT_ONCE = 8;

/** Reads one run. Each object is read at most once, however often these are called. */
export type RunReader = {
  view(): Promise<RunView>;
  /**
   * The phones in submission order. Empty without a readable plan; phones on an unreadable page of the report are left out.
   */
  phones(): Promise<RunPhone[]>;
  /** The log, oldest line first. */
  log(): Promise<LogLine[]>;
};

/**
 * Reads a run as of `now` (epoch ms), open or settled. Returns undefined for an unknown id. Writes nothing. Unreadable objects
 * are shown and not thrown.
 */
export async function readRunState(
  store: Store,
  runId: string,
  now: number,
): Promise<RunReader | undefined> {
  const found = await findRun(store, runId);
  if (found === undefined) return undefined;
  let read: Promise<ReadEvents> | undefined;
  const events = (): Promise<ReadEvents> => (read ??= readEvents(store, runId));
  return {
    view: () => readView({ store, runId, found, events, now }),
    phones: async () => readPhones(store, found, now),
    log: async () => logLines(await events()),
  };
}

/** Returns the view of a run, without phones and log. */
export async function getRun(
  store: Store,
  runId: string,
  now: number,
): Promise<RunView | undefined> {
  return (await readRunState(store, runId, now))?.view();
}

type Reading = {
  store: Store;
  runId: string;
  found: FoundRun;
  events: () => Promise<ReadEvents>;
  now: number;
};

async function readView({ store, runId, found, events, now }: Reading): Promise<RunView> {
  const cancelling = found.kind !== 'settled' && (await exists(store, layout.cancel(runId)));
  const summary = summaryOf(runId, found, cancelling, now);
  switch (found.kind) {
    case 'quarantined':
      return { ...summary, ...unknownYet, message: found.message };
    case 'open': {
      const { notified, failures } = found.run.state;
      const known = [...(notified === undefined ? [] : [notified]), ...failures];
      const listing_complete = found.run.plan?.listing_complete ?? null;
      const metrics = metricsOf(found.run);
      return {
        ...summary,
        ...unknownYet,
        ...notifiedAndFailures(known),
        listing_complete,
        metrics,
      };
    }
    case 'settled': {
      const { message, listing_complete, metrics = null } = found.report;
      return {
        ...summary,
        ...(message === undefined ? {} : { message }),
        listing_complete,
        ...notifiedAndFailures((await events()).events),
        metrics,
        report: { key: store.prefix + layout.report(runId) },
      };
    }
  }
}

const unknownYet = {
  listing_complete: null,
  notified: null,
  failures: [],
  metrics: null,
  report: null,
};

/** Returns the first published notification, and the failed steps. */
function notifiedAndFailures(events: readonly RunEvent[]): Pick<RunView, 'notified' | 'failures'> {
  const notified = events.find((event) => event.type === 'notified');
  return {
    notified: notified === undefined ? null : notifiedView(notified),
    failures: events.flatMap((event) =>
      event.type === 'step_failed'
        ? [{ at: instantOf(event.at), code: event.code, message: event.message }]
        : [],
    ),
  };
}

function notifiedView({ at, message_id, skipped }: EventOf<'notified'>): RunView['notified'] {
  return {
    at: instantOf(at),
    ...(message_id === undefined ? {} : { message_id }),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

async function readPhones(store: Store, found: FoundRun, now: number): Promise<RunPhone[]> {
  if (found.kind === 'settled') return readReported(store, found.report);
  if (found.kind === 'quarantined') return [];
  return phoneSteps(found.run, now).map((decided) => openPhone(found.run, decided));
}

async function readReported(store: Store, report: Report): Promise<RunPhone[]> {
  const limit = pLimit(PAGES_AT_ONCE);
  const pages = [{ ...report, pages: [] }, ...onePageEach(report)];
  const [planned, ...phones] = await Promise.all([
    ifReadable(readPlan(store, report.run_id)),
    ...pages.map((page) => limit(() => ifReadable(readReportedPhones(store, page)))),
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

function openPhone(run: StoredRun, { phone, step }: PhoneStep): RunPhone {
  const { phone_id, phone_name, server_id } = phone.planned;
  const sent = [...phone.attempts.values()].filter(
    (attempt) => statusOf(attempt).kind !== 'unsent',
  );
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
