import * as z from 'zod';
import { readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const LIMITS_VERSION = 1;

/** What was learned of the service's limits on batch-storage. `*_at` in epoch ms. */
const limitsSchema = z.object({
  version: z.literal(LIMITS_VERSION),
  phones_per_call: z.number().int().min(1),
  /** The largest batch that was accepted. */
  accepted_size: z.number().int().optional(),
  /** The smallest batch that was refused as too large, and when: growth stays below it for a day. */
  refused_size: z.number().int().optional(),
  refused_size_at: z.number().optional(),
  calls_per_minute: z.number().int().min(1),
  throttled_at: z.number().optional(),
  grown_at: z.number().optional(),
  /** Typical time of one export, in ms. */
  export_ms: z.number().int().min(1).optional(),
  /** Nothing is sent before this time. */
  blocked_until: z.number(),
  /** When the calls of the last minute were sent, refused ones too: the service counts those as well. */
  recent: z.array(z.number()),
});

export type Limits = z.infer<typeof limitsSchema>;

/** Before anything is known: the documents name neither number, so begin where every region should agree. */
export const carefulLimits: Limits = {
  version: LIMITS_VERSION,
  phones_per_call: 10,
  calls_per_minute: 8,
  blocked_until: 0,
  recent: [],
};

/** False while calls are sized and paced as every fleet begins, and nothing has shown that to be right or wrong. */
export function isLearned(limits: Limits): boolean {
  const { phones_per_call, calls_per_minute } = carefulLimits;
  return (
    limits.phones_per_call !== phones_per_call ||
    limits.calls_per_minute !== calls_per_minute ||
    limits.refused_size !== undefined ||
    limits.throttled_at !== undefined
  );
}

/** Reads what was learned; the careful start when nothing was, or when the cache cannot be read. */
export async function readLimits(store: Pick<Store, 'get'>): Promise<Limits> {
  return (await readCache(store, limitsSchema, LIMITS_VERSION, layout.limits)) ?? carefulLimits;
}

export async function writeLimits(store: Pick<Store, 'put'>, limits: Limits): Promise<void> {
  await store.put(layout.limits, JSON.stringify(limits));
}
