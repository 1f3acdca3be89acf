import * as z from 'zod';
import { readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const CURSORS_VERSION = 1;

/** What the schedule knows of one policy file. Times in epoch ms. */
const cursorSchema = z.object({
  etag: z.string(),
  /** False for a policy that is disabled, has no schedule or cannot be read. */
  active: z.boolean(),
  fault: z.string().optional(),
  /** Whether new phones get a first backup from it; unknown in cursors of earlier versions. */
  on_provisioned: z.boolean().optional(),
  rule: z.object({ cron: z.string(), timezone: z.string(), start_within: z.number() }).optional(),
  paused_until: z.number().optional(),
  /** Slots after this time are still to be run: the last one that was, or when the policy was first seen active. */
  since: z.number(),
  /** Of an active policy, what its freshness is judged by; unknown in cursors of earlier versions. */
  freshness: z
    .object({
      /** Slots up to here do not count: the policy was not seen active before, had another rule, or was paused. */
      from: z.number(),
      /** In ms. */
      deadline: z.number(),
      language: z.enum(['en', 'zh']),
      /** The newest slot that was over when it was judged last. */
      judged: z.number().optional(),
    })
    .optional(),
});

const cursorsSchema = z.object({
  version: z.literal(CURSORS_VERSION),
  policies: z.record(z.string(), cursorSchema),
});

export type Cursor = z.infer<typeof cursorSchema>;
export type Cursors = Record<string, Cursor>;

/** A cache: when it is lost, slots count from now on. */
export async function readCursors(store: Pick<Store, 'get'>): Promise<Cursors> {
  return (await readCache(store, cursorsSchema, CURSORS_VERSION, layout.cursors))?.policies ?? {};
}

export async function writeCursors(store: Pick<Store, 'put'>, policies: Cursors): Promise<void> {
  await store.put(layout.cursors, JSON.stringify({ version: CURSORS_VERSION, policies }));
}
