import pLimit from 'p-limit';
import * as z from 'zod';
import { eventSchema, type RunEvent } from './events.ts';
import { parseObject } from './json.ts';
import { layout } from './layout.ts';
import type { Store } from './store.ts';

const LOG_VERSION = 1;
const READS_AT_ONCE = 16;

const entrySchema = z.object({
  version: z.literal(LOG_VERSION),
  events: z.array(eventSchema),
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
): Promise<string> {
  const key = layout.logEntry(runId, writer, sequence);
  await store.put(key, JSON.stringify({ version: LOG_VERSION, events }));
  return key;
}

/** Reads the entries that `mark` does not know yet, in key order, and marks them. */
export async function readLog(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
  mark: LogMark = new Set(),
): Promise<RunEvent[]> {
  const listed = await store.list(layout.log(runId));
  const fresh = listed.map(({ key }) => key).filter((key) => !mark.has(key));
  const limit = pLimit(READS_AT_ONCE);
  const entries = await Promise.all(
    fresh.map((key) =>
      limit(async () => {
        const object = await store.get(key);
        return object === undefined
          ? []
          : parseObject(entrySchema, LOG_VERSION, key, object.body).events;
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
