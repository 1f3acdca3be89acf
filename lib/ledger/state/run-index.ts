import pLimit from 'p-limit';
import * as z from 'zod';
import { isBroken, readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import {
  readReport,
  type Report,
  reportSchema,
  type RunOutcome,
  runOutcomes,
} from '../run/report.ts';
import type { Store } from '../store/store.ts';

const INDEX_VERSION = 1;
const PAGE = 1_000;
const AT_ONCE = 16;
/** Times are written as what is left up to here, so that the newest run is listed first. */
const LAST_MS = 9_999_999_999_999;

const indexedRunSchema = reportSchema.pick({
  run_id: true,
  policy: true,
  trigger: true,
  slot: true,
  outcome: true,
  reason: true,
  started_at: true,
  settled_at: true,
  counts: true,
});

const entrySchema = indexedRunSchema.extend({ version: z.literal(INDEX_VERSION) });

/** A settled run without its phones: what a list of runs shows. */
export type IndexedRun = z.infer<typeof indexedRunSchema>;

type SettledRun = { runId: string; outcome: RunOutcome; settledAt: number };

export type IndexFilter = {
  policy?: string;
  outcome?: RunOutcome;
  /** Settled at this time (epoch ms) or later. */
  since?: number;
  /** Settled at this time (epoch ms) or earlier. */
  until?: number;
  /** So many runs at most, at least 1. */
  max: number;
  /** What an earlier answer gave as `next`. */
  after?: string;
};

/** Notes a settled run in the index: one PUT, the same one however often. A cache over the reports. */
export async function noteRun(store: Pick<Store, 'put'>, report: Report): Promise<void> {
  const entry: z.infer<typeof entrySchema> = {
    version: INDEX_VERSION,
    ...indexedRunSchema.parse(report),
  };
  await store.put(layout.indexedRun(nameOf(report)), JSON.stringify(entry));
}

/**
 * Settled runs, newest first. The filters work on the keys of LIST pages; only the runs that are answered are read, and
 * those that cannot be are left out. `next` is there while there are more.
 */
export async function listIndexedRuns(
  store: Pick<Store, 'get' | 'list'>,
  filter: IndexFilter,
): Promise<{ runs: IndexedRun[]; next?: string }> {
  const found = await findNames(store, filter, filter.max + 1);
  const names = found.slice(0, filter.max);
  const limit = pLimit(AT_ONCE);
  const runs = await Promise.all(names.map((name) => limit(() => readIndexed(store, name))));
  const last = names.at(-1);
  return {
    runs: runs.filter((run) => run !== undefined),
    ...(found.length > names.length && last !== undefined ? { next: last } : {}),
  };
}

/** What the index's keys tell of the runs that settled between two times (epoch ms), newest first: no GET. */
export async function listSettled(
  store: Pick<Store, 'list'>,
  range: { since: number; until: number },
): Promise<SettledRun[]> {
  const names = await findNames(store, { ...range, max: 1 }, Number.POSITIVE_INFINITY);
  return names.flatMap((name) => readName(layout.indexedRun(name)) ?? []);
}

async function findNames(
  store: Pick<Store, 'list'>,
  { policy, outcome, since = 0, until = LAST_MS, after }: IndexFilter,
  enough: number,
): Promise<string[]> {
  const names: string[] = [];
  const newest = layout.runIndex + countdown(until);
  const seen = after === undefined ? '' : layout.indexedRun(after);
  let from = newest > seen ? newest : seen;
  for (;;) {
    const page = await store.list(layout.runIndex, { startAfter: from, max: PAGE });
    for (const { key } of page) {
      const run = readName(key);
      if (run === undefined) continue;
      if (run.settledAt < since) return names;
      if (policy !== undefined && run.policy !== policy) continue;
      if (outcome !== undefined && run.outcome !== outcome) continue;
      names.push(run.name);
      if (names.length >= enough) return names;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return names;
    from = last.key;
  }
}

async function readIndexed(
  store: Pick<Store, 'get'>,
  name: string,
): Promise<IndexedRun | undefined> {
  const entry = await readCache(store, entrySchema, INDEX_VERSION, layout.indexedRun(name));
  return entry && indexedRunSchema.parse(entry);
}

/**
 * Writes the index anew from all reports and takes out what no report stands behind; answers how many runs it holds
 * now. Reports that cannot be read are passed over, and what the index knows of them stays.
 */
export async function rebuildRunIndex(
  store: Pick<Store, 'get' | 'list' | 'put' | 'remove'>,
): Promise<number> {
  // Listed first: a run that settles meanwhile has its report before it is in the index.
  const before = (await store.list(layout.runIndex)).map(({ key }) => key);
  const statusOf = new Set<string>();
  const unreadable = new Set<string>();
  const limit = pLimit(AT_ONCE);
  for (let ids = await runIdsAfter(store, ''); ids.length > 0;) {
    const each = ids.map((id) =>
      limit(async () => {
        const report = await readReport(store, id).catch((error: unknown) => {
          if (!isBroken(error)) throw error;
          unreadable.add(id);
        });
        if (report === undefined) return;
        await noteRun(store, report);
        statusOf.add(layout.indexedRun(nameOf(report)));
      }),
    );
    await Promise.all(each);
    ids = await runIdsAfter(store, ids.at(-1) ?? '');
  }
  const kept = (key: string): boolean =>
    statusOf.has(key) || unreadable.has(readName(key)?.runId ?? '');
  await store.remove(before.filter((key) => !kept(key)));
  return statusOf.size;
}

/** The runs on the next page of `runs/` in key order, `last` and all that lies in its folder jumped over. */
async function runIdsAfter(store: Pick<Store, 'list'>, last: string): Promise<string[]> {
  // The character after `/` is `0`: the first key that lies behind the folder.
  const startAfter = last === '' ? layout.runs : `${layout.runs}${last}0`;
  const page = await store.list(layout.runs, { startAfter, max: PAGE });
  const ids = page.map(({ key }) => key.slice(layout.runs.length).split('/')[0] ?? '');
  return [...new Set(ids)];
}

function nameOf({ settled_at, policy, outcome, run_id }: Report): string {
  return [countdown(Date.parse(settled_at)), policy, outcome, run_id].join('.');
}

function countdown(ms: number): string {
  const left = LAST_MS - Math.min(Math.max(Math.floor(ms), 0), LAST_MS);
  return String(left).padStart(13, '0');
}

function isOutcome(word: string | undefined): word is RunOutcome {
  return runOutcomes.some((outcome) => outcome === word);
}

/** What a key of the index tells of its run; undefined for a key of no such form. */
function readName(key: string): (SettledRun & { name: string; policy: string }) | undefined {
  const [, name = '', left, policy, outcome, runId] =
    /^((\d{13})\.([a-z0-9-]+)\.([a-z]+)\.([a-z0-9-]+))\.json$/.exec(
      key.slice(layout.runIndex.length),
    ) ?? [];
  if (policy === undefined || runId === undefined) return undefined;
  if (!isOutcome(outcome)) return undefined;
  return { name, settledAt: LAST_MS - Number(left), policy, outcome, runId };
}
