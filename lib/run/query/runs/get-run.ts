import type { RunEvent } from '../../../ledger/run/events.ts';
import { layout } from '../../../ledger/store/layout.ts';
import { fold } from '../../../ledger/run/fold.ts';
import { startState } from '../../../ledger/run/run-state.ts';
import { readPlan } from '../../../ledger/run/plan.ts';
import type { FoldedRun } from '../../../ledger/run/settled/folded-run.ts';
import { ifReadable } from '../../../ledger/store/object-error.ts';
import { exists, type Store } from '../../../ledger/store/store.ts';
import { metricsOf, type StoredRun } from '../../state/stored-run.ts';
import { findRun, type FoundRun } from './find-run.ts';
import { logLines, type ReadEvents, readEvents } from './run-log.ts';
import { openPhones, type Readable, settledPhones } from './run-phones.ts';
import { readsOf } from './reads.ts';
import { shortfallsOf, summaryOf } from './summarize.ts';
import { instantOf } from '../schemas/object.ts';
import { type LogLine, type RunPhone, type RunView } from '../schemas/run.ts';
import { problemOf } from '../unreadable.ts';

/** Reads one run. Each object is read at most once, however often these are called. */
export type RunReader = {
  /** The run without its phones and its log. With `phones`, `unreadable` also names the objects that hold them. */
  view(options?: { phones?: boolean }): Promise<RunView>;
  /** The phones in submission order, as far as the plan and the pages of the report can be read. */
  phones(): Promise<RunPhone[]>;
  /** The log, oldest line first. */
  log(): Promise<LogLine[]>;
};

/**
 * Reads a run as of `now` (epoch ms), open or settled. Returns undefined for an unknown id. Writes nothing. Objects that cannot
 * be used are named in the view, and never thrown.
 */
export async function readRunState(
  store: Store,
  runId: string,
  now: number,
): Promise<RunReader | undefined> {
  const found = await findRun(store, runId);
  if (found === undefined) return undefined;
  const events = once(() => readEvents(store, runId));
  const reading: Reading = { store, runId, found, events, now };
  const phones = once(() => readPhones(reading));
  return {
    view: async (options = {}) => {
      const view = await readView(reading);
      const more = options.phones === true ? (await phones()).unreadable : [];
      const unreadable = [...(view.unreadable ?? []), ...more.map(problemOf)];
      return unreadable.length === 0 ? view : { ...view, unreadable };
    },
    phones: async () => (await phones()).phones,
    log: async () => logLines(await events()),
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
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
    case 'quarantined': {
      const { message, key } = found.problem;
      const log = await events();
      return withGaps(
        { ...summary, ...unknownYet, message, ...notifiedAndFailures(log.events) },
        { ...log, unreadable: log.unreadable.filter(({ error }) => error.key !== key) },
      );
    }
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
      const { folded } = found;
      const log = folded === undefined ? await events() : { events: [], unreadable: [] };
      const notified = folded?.notified && notifiedView(folded.notified);
      const view = {
        ...summary,
        ...(message === undefined ? {} : { message }),
        listing_complete,
        ...notifiedAndFailures(log.events),
        ...(notified === undefined ? {} : { notified }),
        metrics,
        ...(folded === undefined
          ? { report: { key: store.prefix + layout.report(runId) } }
          : { folded: true as const, report: { key: store.prefix + layout.folded(runId) } }),
        ...shortfallsOf(found.report),
        ...(found.report.drill === undefined ? {} : { drill: found.report.drill }),
        ...readsOf(log.events),
      };
      return withGaps(view, log);
    }
  }
}

function withGaps(view: RunView, { unreadable }: ReadEvents): RunView {
  if (unreadable.length === 0) return view;
  const gaps = unreadable.map(({ error }) => problemOf(error));
  return { ...view, unreadable: [...(view.unreadable ?? []), ...gaps] };
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

function notifiedView({
  at,
  message_id,
  skipped,
}: NonNullable<FoldedRun['notified']>): RunView['notified'] {
  return {
    at: instantOf(at),
    ...(message_id === undefined ? {} : { message_id }),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

async function readPhones(reading: Reading): Promise<Readable<RunPhone>> {
  const { store, found, now } = reading;
  if (found.kind === 'settled') return settledPhones(store, found);
  const run = found.kind === 'open' ? found.run : await ifReadable(readableRun(reading));
  return { phones: run === undefined ? [] : openPhones(run, now), unreadable: [] };
}

/** Returns a quarantined run as far as its log can be read; undefined without a plan. Throws ObjectError. */
async function readableRun({ store, runId, events }: Reading): Promise<StoredRun | undefined> {
  const planned = await readPlan(store, runId);
  if (planned === undefined) return undefined;
  const { plan, phones } = planned;
  return {
    ...{ runId, requestedAt: plan.started_at, request: plan.request, plan, report: undefined },
    state: fold(startState(phones), (await events()).events),
    ...{ logMark: new Set(), loggedMetrics: new Map() },
  };
}
