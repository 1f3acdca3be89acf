import * as z from 'zod';
import { ledgerObject, wholeKey } from '../../store/ledger-object.ts';
import { layout } from '../../store/layout.ts';
import { listFolder, missingObject } from '../../store/object-error.ts';
import type { Store } from '../../store/store.ts';
import { eventSchema, type RunEvent } from '../events.ts';
import { type LogEnds, unlistedEntries } from './log-ends.ts';
import { type Metrics, metricsSchema } from './metrics.ts';

const READS_AT_ONCE = 16;

const logEntry = ledgerObject({
  key: wholeKey,
  version: 1,
  schema: z.object({
    events: z.array(eventSchema),
    /** The writer's metrics since its previous entry. Invalid metrics are ignored, so that they do not stop a run. */
    metrics: metricsSchema.optional().catch(undefined),
  }),
});

/** The keys of the log entries that were read. */
export type LogMark = Set<string>;

/**
 * Appends an entry under `key`, as `layout.logEntry` names it. The writer in the key is `<epoch>-<holder>`, unique to one
 * invocation, and counts its entries, so no two writers use the same key.
 */
export async function appendLog(
  store: Pick<Store, 'put'>,
  key: string,
  events: RunEvent[],
  metrics?: Metrics,
): Promise<void> {
  await logEntry.put(store, { events, metrics }, key);
}

/** `mark`: the entries that were read before. `metrics`: gets the counters of each entry, by key. `ends`: where the log ends. */
type Reading = { mark?: LogMark; metrics?: Map<string, Metrics>; ends?: LogEnds | undefined };

/**
 * Returns the events of the entries that `mark` lacks, in key order, and marks them. With `ends` it finds entries that LIST does
 * not show yet. Throws ObjectError.
 */
export async function readLog(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
  reading?: Reading,
): Promise<RunEvent[]> {
  const parts: RunEvent[][] = [];
  for await (const part of readLogParts(store, runId, reading)) parts.push(part);
  return parts.flat();
}

/** Like `readLog`, but returns the events of some entries at a time, and marks these: the log of 100,000 phones takes seconds. */
export async function* readLogParts(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
  { mark = new Set(), metrics = new Map<string, Metrics>(), ends }: Reading = {},
): AsyncGenerator<RunEvent[], void> {
  const listed = new Set((await listFolder(store, layout.log(runId))).map(({ key }) => key));
  const unlisted = ends === undefined ? [] : await unlistedEntries(store, runId, listed, ends);
  const unread = [...listed, ...unlisted].filter((key) => !mark.has(key)).sort();
  for (let from = 0; from < unread.length; from += READS_AT_ONCE) {
    const keys = unread.slice(from, from + READS_AT_ONCE);
    const entries = await Promise.all(keys.map((key) => readEntry(store, key)));
    for (const [index, key] of keys.entries()) {
      mark.add(key);
      const read = entries[index]?.metrics;
      if (read !== undefined) metrics.set(key, read);
    }
    yield entries.flatMap(({ events }) => events);
  }
}

/** No entry is ever deleted: without its events the run would be in the wrong state. */
async function readEntry(store: Pick<Store, 'get'>, key: string) {
  const entry = await logEntry.read(store, key);
  if (entry === undefined) throw missingObject(key);
  return entry;
}

/** Returns the keys of entries that are not in `mark` and that another writer wrote: a second drive is at work. */
export async function foreignEntries(
  store: Pick<Store, 'list'>,
  runId: string,
  writer: string,
  mark: LogMark,
): Promise<string[]> {
  const own = `${layout.log(runId)}${writer}-`;
  const listed = await store.list(layout.log(runId));
  return listed.map(({ key }) => key).filter((key) => !mark.has(key) && !key.startsWith(own));
}
