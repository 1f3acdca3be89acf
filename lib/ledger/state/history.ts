import * as z from 'zod';
import { readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import { runOutcomes } from '../run/report.ts';
import type { Store } from '../store/store.ts';

const HISTORY_VERSION = 1;

const settledSchema = z.object({
  run_id: z.string(),
  outcome: z.enum(runOutcomes),
  settled_at: z.number(),
});

/** How a policy's runs went lately: a cache over the reports. Times in epoch ms. */
const historySchema = z.object({
  version: z.literal(HISTORY_VERSION),
  last: settledSchema,
  /** The run before the last. */
  before: settledSchema.optional(),
  /** The last run of all its phones that completed. */
  good: settledSchema.optional(),
});

export type History = z.infer<typeof historySchema>;
export type Settled = z.infer<typeof settledSchema>;

/** What is known of a policy's runs; undefined when nothing is, or nothing that can be read. */
export async function readHistory(
  store: Pick<Store, 'get'>,
  policy: string,
): Promise<History | undefined> {
  return readCache(store, historySchema, HISTORY_VERSION, layout.history(policy));
}

/**
 * Notes a settled run and answers the run before it. Noting it again, or one older than the last, changes nothing. A run
 * of some of the policy's phones only (`whole` is false) says nothing of the others: it is never the last good one.
 */
export async function noteSettled(
  store: Pick<Store, 'get' | 'put'>,
  policy: string,
  run: Settled,
  { whole = true }: { whole?: boolean } = {},
): Promise<Settled | undefined> {
  const known = await readHistory(store, policy);
  const isNews = known === undefined || known.last.settled_at < run.settled_at;
  if (!isNews || known?.last.run_id === run.run_id) return known?.before;
  const good = whole && run.outcome === 'completed' ? run : known?.good;
  const history: History = {
    version: HISTORY_VERSION,
    last: run,
    ...(known === undefined ? {} : { before: known.last }),
    ...(good === undefined ? {} : { good }),
  };
  await store.put(layout.history(policy), JSON.stringify(history));
  return known?.last;
}
