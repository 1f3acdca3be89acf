import pLimit from 'p-limit';
import type { RunOutcome } from '../../../ledger/run/report.ts';
import { listOpen } from '../../../ledger/run/request.ts';
import { listIndexedRuns } from '../../../ledger/state/run-index/list.ts';
import type { Store } from '../../../ledger/store/store.ts';
import { policyOfRun } from '../../../policy/keys/run-id.ts';
import { findRun } from './find-run.ts';
import { indexedSummary, summaryOf } from './summarize.ts';
import type { RunSummary } from '../schemas/run.ts';

/** Few, since a run may have thousands of phones and its log is read in parallel too. */
const RUNS_AT_ONCE = 4;

export type RunFilter = {
  policy?: string;
  outcome?: RunOutcome;
  /** Only open runs, or only settled ones. */
  open?: boolean;
  /** Settled between these times (epoch ms); an open run counts as settled now. */
  since?: number;
  until?: number;
  max: number;
  /** The `next` of the page before. */
  after?: string;
};

export type RunPage = { runs: RunSummary[]; next?: string };

/**
 * Returns a page of runs: open ones by the time of their request, then settled ones, each newest first. A filter by outcome
 * excludes open runs. A page may hold fewer than `max` runs although there is a `next`. An unreadable run is marked.
 */
export async function listRuns(store: Store, filter: RunFilter, now: number): Promise<RunPage> {
  const { open: only, after, ...rest } = filter;
  const token = after === undefined ? undefined : readOpenToken(after);
  const withOpen =
    only !== false &&
    filter.outcome === undefined &&
    (after === undefined) === (token === undefined);
  const open = withOpen && isWithin(filter, now) ? await openRuns(store, filter, token, now) : none;
  if (only === true || open.hasMore) return pageOf(open.runs, open.hasMore ? open.last : undefined);
  const room = filter.max - open.runs.length;
  if (room <= 0) return pageOf(open.runs, open.last);

  const from = after === undefined || token !== undefined ? {} : { after };
  const settled = await listIndexedRuns(store, { ...rest, max: room, ...from });
  return pageOf([...open.runs, ...settled.runs.map(indexedSummary)], settled.next);
}

function pageOf(runs: RunSummary[], next: string | undefined): RunPage {
  return { runs, ...(next === undefined ? {} : { next }) };
}

type OpenPage = { runs: RunSummary[]; last: string | undefined; hasMore: boolean };

const none: OpenPage = { runs: [], last: undefined, hasMore: false };

function isWithin(
  { since = 0, until = Number.POSITIVE_INFINITY }: RunFilter,
  now: number,
): boolean {
  return since <= now && now <= until;
}

/** Returns the open runs after a token. Those with a report are settled and come from the index. */
async function openRuns(
  store: Store,
  { policy, max }: RunFilter,
  token: Requested | undefined,
  now: number,
): Promise<OpenPage> {
  const inbox = await listOpen(store);
  const candidates = inbox.requests
    .filter(({ runId }) => policy === undefined || (policyOfRun(runId) ?? policy) === policy)
    .filter((request) => token === undefined || byNewest(token, request) < 0)
    .sort(byNewest);
  const page = candidates.slice(0, max);
  const cancels = new Set(inbox.cancels);
  const limit = pLimit(RUNS_AT_ONCE);
  const runs = await Promise.all(
    page.map(({ runId }) =>
      limit(async () => {
        const found = await findRun(store, runId);
        if (found === undefined || found.kind === 'settled') return undefined;
        return summaryOf(runId, found, cancels.has(runId), now);
      }),
    ),
  );
  const last = page.at(-1);
  return {
    runs: runs
      .filter((run) => run !== undefined)
      .filter((run) => policy === undefined || run.policy === policy),
    last: last && openToken(last),
    hasMore: candidates.length > page.length,
  };
}

type Requested = { runId: string; requestedAt: number };

function byNewest(a: Requested, b: Requested): number {
  return b.requestedAt - a.requestedAt || (a.runId < b.runId ? -1 : a.runId > b.runId ? 1 : 0);
}

/** The form of a `next`: an open run, or the name of a settled one in the index. */
export const PAGE_TOKEN = /^(?:open\.\d{1,16}\.[\w./-]+|\d{13}\.[a-z0-9-]+\.[a-z]+\.[a-z0-9-]+)$/;

// Names in the index begin with a digit, and tokens of open runs do not.
const openToken = ({ requestedAt, runId }: Requested): string => `open.${requestedAt}.${runId}`;

function readOpenToken(after: string): Requested | undefined {
  const [, requestedAt, runId] = /^open\.(\d{1,16})\.(.+)$/.exec(after) ?? [];
  return runId === undefined ? undefined : { runId, requestedAt: Number(requestedAt) };
}
