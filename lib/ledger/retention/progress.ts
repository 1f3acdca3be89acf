import * as z from 'zod';
import { layout } from '../store/layout.ts';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { policyNameSchema } from '../store/part-of-key.ts';

const progressObject = ledgerObject({
  key: layout.pruneProgress,
  version: 1,
  schema: z.object({
    policy: policyNameSchema,
    /** A digest of the rules. With other rules, judging begins anew. */
    rules: z.string(),
    /** When it began (epoch ms): all parts are judged as of then. */
    at: z.number(),
    /** In how many parts the phones are judged: at least 2. Each is counted first; then each is deleted. */
    parts: z.int().min(2),
    counted: z.int().min(0),
    pruned: z.int().min(0),
    /** Archives of the policy; those that no rule keeps, and how many of these were in the parts that are deleted. */
    standing: z.number(),
    due: z.number(),
    handled: z.number(),
    tally: z.object({
      deleted: z.number(),
      bytes: z.number(),
      trashed: z.number(),
      refused: z.number(),
      refusals: z.array(z.object({ key: z.string(), code: z.string() })),
      missing: z.number(),
      missing_keys: z.array(z.string()),
    }),
  }),
});

/** How far a policy with very many archives is judged. A cache: without it, judging begins anew. */
export type PruneProgress = ContentOf<typeof progressObject>;

export const { readCache: readPruneProgress } = progressObject;
export const { put: writePruneProgress } = progressObject;
