import pLimit from 'p-limit';
import type { RunOutcome } from '../../ledger/run/report.ts';
import { listOpen } from '../../ledger/run/request.ts';
import { listIndexedRuns } from '../../ledger/state/run-index.ts';
import type { Store } from '../../ledger/store/store.ts';
import { policyOfRun } from '../../policy/keys/run-id.ts';
import { findRun } from './find-run.ts';
import { settledSummary, summaryOf } from './summarize.ts';
import type { RunSummary } from './schemas.ts';

/** Each may be a run of thousands of phones, whose log is read in parallel itself. */
const RUNS_AT_ONCE = 4;

export type RunFilter = {
  policy?: string;
  outcome?: RunOutcome;
  /** Only open runs, or only settled ones. */
  open?: boolean;
  /** Settled from here to there (epoch ms); an open run counts as of now. */
  since?: number;
  until?: number;
  max: number;
  /** The `next` of the page before. */
  after?: string;
};

export type RunPage = { runs: RunSummary[]; next?: string };

/**
 * Runs, the open ones first (asked for last, first), then the settled ones (newest first); an outcome leaves the open ones
 * out. A page may hold fewer than `max` while there is a `next`. Runs whose objects cannot be read are told as quarantined.
 */
export async function listRuns(store: Store, filter: RunFilter, now: number): Promise<RunPage> {
  const { open: only, after, ...wanted } = filter;
  const place = after === undefined ? undefined : readPlace(after);
  const withOpen =
    only !== false &&
    filter.outcome === undefined &&
    (after === undefined) === (place === undefined);
  const open = withOpen && isWithin(filter, now) ? await openRuns(store, filter, place, now) : none;
  if (only === true || open.hasMore) return pageOf(open.runs, open.hasMore ? open.last : undefined);
  const room = filter.max - open.runs.length;
  if (room <= 0) return pageOf(open.runs, open.last);

  const from = after === undefined || place !== undefined ? {} : { after };
  const settled = await listIndexedRuns(store, { ...wanted, max: room, ...from });
  return pageOf([...open.runs, ...settled.runs.map(settledSummary)], settled.next);
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

/** Open runs from a place on. Those with a report are settled, only their message is not out yet: the index tells them. */
async function openRuns(
  store: Store,
  { policy, max }: RunFilter,
  place: Asked | undefined,
  now: number,
): Promise<OpenPage> {
  const inbox = await listOpen(store);
  const candidates = inbox.requests
    .filter(({ runId }) => policy === undefined || (policyOfRun(runId) ?? policy) === policy)
    .filter((asked) => place === undefined || byNewest(place, asked) < 0)
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
    last: last && writePlace(last),
    hasMore: candidates.length > page.length,
  };
}

type Asked = { runId: string; requestedAt: number };

function byNewest(a: Asked, b: Asked): number {
  return b.requestedAt - a.requestedAt || (a.runId < b.runId ? -1 : a.runId > b.runId ? 1 : 0);
}

/** What a `next` looks like: a place among the open runs, or the name of a settled one in the index. */
export const PLACE = /^(?:open\.\d{1,16}\.[\w./-]+|\d{13}\.[a-z0-9-]+\.[a-z]+\.[a-z0-9-]+)$/;

// Names in the index begin with a digit, so that a place among the open runs is told from one among the settled.
const writePlace = ({ requestedAt, runId }: Asked): string => `open.${requestedAt}.${runId}`;

function readPlace(after: string): Asked | undefined {
  const [, requestedAt, runId] = /^open\.(\d{1,16})\.(.+)$/.exec(after) ?? [];
  return runId === undefined ? undefined : { runId, requestedAt: Number(requestedAt) };
}
