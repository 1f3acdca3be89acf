import pLimit from 'p-limit';
import type * as z from 'zod';
import { POLICY_NAME, RUN_ID } from '../../names.ts';
import {
  readReport,
  type Report,
  reportSchema,
  type RunOutcome,
  runOutcomes,
} from '../run/report.ts';
import { runIdsAfter } from '../run/run-ids.ts';
import { layout } from '../store/layout.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import {
  isUnreadable,
  missingObject,
  type ObjectError,
  throwIfListed,
} from '../store/object-error.ts';
import type { Store } from '../store/store.ts';

const PAGE = 1_000;
const READS_AT_ONCE = 16;
/** Keys hold the time from the run's end until this time, so that LIST shows the newest run first. */
const MAX_TIME = 9_999_999_999_999;

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

const indexedRun = ledgerObject({ key: layout.indexedRun, version: 1, schema: indexedRunSchema });

/** A settled run without its phones. */
export type IndexedRun = z.infer<typeof indexedRunSchema>;

/** A settled run whose entry cannot be used: what its key says, and why. */
export type UnreadRun = Pick<IndexedRun, 'run_id' | 'policy' | 'outcome' | 'settled_at'> & {
  error: ObjectError;
};

type SettledRun = { runId: string; outcome: RunOutcome; settledAt: number };

/** A run, as the name of its object in the index describes it. */
type NamedRun = SettledRun & { name: string; policy: string };

export type IndexFilter = {
  policy?: string;
  outcome?: RunOutcome;
  /** Settled at this time (epoch ms) or later. */
  since?: number;
  /** Settled at this time (epoch ms) or earlier. */
  until?: number;
  /** How many runs at most; at least 1. */
  max: number;
  /** `next` of the previous page. */
  after?: string;
};

/** Adds a settled run to the index: one PUT, safe to repeat. The index is a cache of the reports. */
export async function indexRun(store: Pick<Store, 'put'>, report: Report): Promise<void> {
  await indexedRun.put(store, indexedRunSchema.parse(report), nameOf(report));
}

/**
 * Returns settled runs, newest first, and `next` while there are more. Filters by the keys that LIST shows, and reads only the
 * returned runs.
 */
export async function listIndexedRuns(
  store: Pick<Store, 'get' | 'list'>,
  filter: IndexFilter,
): Promise<{ runs: (IndexedRun | UnreadRun)[]; next?: string }> {
  const found = await findRuns(store, filter, filter.max + 1);
  const page = found.slice(0, filter.max);
  const limit = pLimit(READS_AT_ONCE);
  const runs = await Promise.all(page.map((run) => limit(() => readNamed(store, run))));
  const last = page.at(-1);
  return {
    runs,
    ...(found.length > page.length && last !== undefined ? { next: last.name } : {}),
  };
}

async function readNamed(
  store: Pick<Store, 'get'>,
  { name, runId, policy, outcome, settledAt }: NamedRun,
): Promise<IndexedRun | UnreadRun> {
  try {
    const run = await indexedRun.read(store, name);
    if (run === undefined) throw missingObject(layout.indexedRun(name));
    return run;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { run_id: runId, policy, outcome, settled_at: new Date(settledAt).toISOString(), error };
  }
}

/** Returns the runs that settled between two times (epoch ms), newest first, from the keys of the index: no GET. */
export async function listSettled(
  store: Pick<Store, 'list'>,
  range: { since: number; until: number },
): Promise<SettledRun[]> {
  return findRuns(store, range, Number.POSITIVE_INFINITY);
}

/** Returns up to `max` runs that pass the filter, newest first. */
async function findRuns(
  store: Pick<Store, 'list'>,
  filter: Omit<IndexFilter, 'max'>,
  max: number,
): Promise<NamedRun[]> {
  const { since = 0, until = MAX_TIME, after } = filter;
  const runs: NamedRun[] = [];
  const newest = layout.runIndex + countdown(until);
  const afterKey = after === undefined ? '' : layout.indexedRun(after);
  for await (const key of keysAfter(store, newest > afterKey ? newest : afterKey)) {
    const run = readName(key);
    if (run === undefined) continue;
    if (run.settledAt < since) return runs;
    if (!passes(run, filter)) continue;
    runs.push(run);
    if (runs.length >= max) return runs;
  }
  return runs;
}

async function* keysAfter(store: Pick<Store, 'list'>, first: string): AsyncGenerator<string> {
  let startAfter: string | undefined = first;
  while (startAfter !== undefined) {
    const page: { key: string }[] = await store.list(layout.runIndex, { startAfter, max: PAGE });
    for (const { key } of page) yield key;
    startAfter = page.length < PAGE ? undefined : page.at(-1)?.key;
  }
}

function passes(run: NamedRun, { policy, outcome }: Pick<IndexFilter, 'policy' | 'outcome'>) {
  return (
    (policy === undefined || run.policy === policy) &&
    (outcome === undefined || run.outcome === outcome)
  );
}

/**
 * Rebuilds the index from all reports, deletes entries without a report, and returns the number of runs written. Keeps the
 * entry of an unreadable report.
 */
export async function rebuildRunIndex(
  store: Pick<Store, 'get' | 'list' | 'put' | 'remove'>,
): Promise<number> {
  // Listed first: a run that settles meanwhile has its report before it is in the index.
  const before = (await store.list(layout.runIndex)).map(({ key }) => key);
  const written = new Set<string>();
  const unreadable = new Set<string>();
  const limit = pLimit(READS_AT_ONCE);
  for (let ids = await runIdsAfter(store, ''); ids.length > 0;) {
    const each = ids.map((id) =>
      limit(async () => {
        const report = await readListed(store, id).catch((error: unknown) => {
          if (!isUnreadable(error)) throw error;
          unreadable.add(id);
        });
        if (report === undefined) return;
        await indexRun(store, report);
        written.add(layout.indexedRun(nameOf(report)));
      }),
    );
    await Promise.all(each);
    ids = await runIdsAfter(store, ids.at(-1) ?? '');
  }
  const isKept = (key: string): boolean =>
    written.has(key) || unreadable.has(readName(key)?.runId ?? '');
  await store.remove(before.filter((key) => !isKept(key)));
  return written.size;
}

async function readListed(
  store: Pick<Store, 'get' | 'list'>,
  id: string,
): Promise<Report | undefined> {
  return (await readReport(store, id)) ?? throwIfListed(store, layout.report(id));
}

function nameOf({ settled_at, policy, outcome, run_id }: Report): string {
  return [countdown(Date.parse(settled_at)), policy, outcome, run_id].join('.');
}

function countdown(ms: number): string {
  const left = MAX_TIME - Math.min(Math.max(Math.floor(ms), 0), MAX_TIME);
  return String(left).padStart(13, '0');
}

/** Returns the run that a key of the index describes; undefined for a key of another form. */
function readName(key: string): NamedRun | undefined {
  const name = key.slice(layout.runIndex.length, -'.json'.length);
  if (key !== layout.indexedRun(name)) return undefined;
  const [left = '', policy = '', outcome, runId = '', ...rest] = name.split('.');
  const isNamed = /^\d{13}$/.test(left) && POLICY_NAME.test(policy) && RUN_ID.test(runId);
  if (!isNamed || !isOutcome(outcome) || rest.length > 0) return undefined;
  return { name, settledAt: MAX_TIME - Number(left), policy, outcome, runId };
}

function isOutcome(word: string | undefined): word is RunOutcome {
  return runOutcomes.some((outcome) => outcome === word);
}
