import pLimit from 'p-limit';
import * as z from 'zod';
import { eventSchema, type RunEvent } from './events.ts';
import { parseObject } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import { type Metrics, metricsSchema } from './metrics.ts';
import type { Store } from '../store/store.ts';

const LOG_VERSION = 1;
const READS_AT_ONCE = 16;

const entrySchema = z.object({
  version: z.literal(LOG_VERSION),
  events: z.array(eventSchema),
  /** What the writer counted since its entry before. Counters never break a run: what cannot be read is not counted. */
  metrics: metricsSchema.optional().catch(undefined),
});

/** A reader's memory of a run's log: which entries it has folded already. */
export type LogMark = Set<string>;

/**
 * Appends one entry. `writer` is `<epoch>-<holder>`, unique to one invocation, and `sequence` counts up in it,
 * so no two writers ever meet on a key.
 */
export async function appendLog(
  store: Pick<Store, 'put'>,
  runId: string,
  writer: string,
  sequence: number,
  events: RunEvent[],
  metrics?: Metrics,
): Promise<string> {
  const key = layout.logEntry(runId, writer, sequence);
  await store.put(key, JSON.stringify({ version: LOG_VERSION, events, metrics }));
  return key;
}

/** Reads the entries that `mark` does not know yet, in key order, and marks them; `metrics` gets what they counted, by key. */
export async function readLog(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
  mark: LogMark = new Set(),
  metrics = new Map<string, Metrics>(),
): Promise<RunEvent[]> {
  const listed = await store.list(layout.log(runId));
  const fresh = listed.map(({ key }) => key).filter((key) => !mark.has(key));
  const limit = pLimit(READS_AT_ONCE);
  const entries = await Promise.all(
    fresh.map((key) =>
      limit(async () => {
        const object = await store.get(key);
        if (object === undefined) return [];
        const entry = parseObject(entrySchema, LOG_VERSION, key, object.body);
        if (entry.metrics !== undefined) metrics.set(key, entry.metrics);
        return entry.events;
      }),
    ),
  );
  for (const key of fresh) mark.add(key);
  return entries.flat();
}

/** The keys of entries that other writers appended and `mark` does not know: a sign of a second drive. */
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
