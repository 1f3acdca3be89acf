import pLimit from 'p-limit';
import type { RunOutcome } from '../../run/report.ts';
import { layout } from '../../store/layout.ts';
import type { Store } from '../../store/store.ts';
import { type IndexedRun, readEntry, type UnreadRun } from './entry.ts';
import { countdown, MAX_TIME, type NamedRun, readName, type SettledRun } from './name.ts';

const PAGE = 1_000;
const READS_AT_ONCE = 16;

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
  const runs = await Promise.all(page.map((run) => limit(() => readEntry(store, run))));
  const last = page.at(-1);
  return {
    runs,
    ...(found.length > page.length && last !== undefined ? { next: last.name } : {}),
  };
}

/** Returns the runs that settled between two times (epoch ms), newest first, from the keys of the index: no GET. */
export async function listSettled(
  store: Pick<Store, 'list'>,
  range: { since: number; until: number },
): Promise<(SettledRun & { policy: string })[]> {
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
