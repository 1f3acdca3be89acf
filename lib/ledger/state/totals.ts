import * as z from 'zod';
import { metricsSchema, noMetrics } from '../run/log/metrics.ts';
import { countsSchema, runOutcomes } from '../run/report.ts';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';

const amount = z.number().min(0);
const tally = z.record(z.string(), amount);

const recentSchema = z.object({
  run_id: z.string(),
  kind: z.literal('restore').optional(),
  outcome: z.enum(runOutcomes),
  started_at: z.number(),
  settled_at: z.number(),
  counts: countsSchema,
  /** The size of its verified archives. */
  bytes: amount,
});

const totalsObject = ledgerObject({
  key: layout.totals,
  version: 1,
  schema: z.object({
    /** When counting began. */
    since: z.number(),
    /** Settled runs, and their phones, by outcome. */
    runs: tally,
    phones: tally,
    /** Phones without a success, by code, or by reason where there is no code. */
    failures: tally,
    /** From start to settlement, in ms, all runs together. */
    run_ms: amount,
    exported_bytes: amount,
    metrics: metricsSchema,
    /** The last runs, newest first: none of them is added again. */
    recent: z.array(recentSchema),
    /** What each shard of the catalogue holds: its ETag, its archives and their bytes. */
    shards: z.record(z.string(), z.tuple([z.string(), amount, amount])),
  }),
});

/**
 * What the runs of a policy came to since counting began, and how large its part of the catalogue is. Times in epoch ms, sizes in bytes.
 * A cache: when it is lost, counting begins anew.
 */
export type Totals = ContentOf<typeof totalsObject>;
export type RecentRun = z.infer<typeof recentSchema>;
export type ShardTotals = Totals['shards'];

export const { readCache: readTotals, put: writeTotals } = totalsObject;

/** Returns the totals of a policy before its first run, as of `since` (epoch ms). */
export function noTotals(since: number): Totals {
  return {
    ...{ since, runs: {}, phones: {}, failures: {}, run_ms: 0, exported_bytes: 0 },
    ...{ metrics: noMetrics(), recent: [], shards: {} },
  };
}
