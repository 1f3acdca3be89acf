import * as z from 'zod';
import { layout } from '../store/layout.ts';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';

/** Why nothing of a policy is deleted. */
export const blocks = [
  ...(['max_delete', 'stale', 'policy_gone', 'policy_invalid'] as const),
  ...(['no_rules', 'unreadable', 'failed'] as const),
] as const;

const retentionObject = ledgerObject({
  key: layout.retention,
  version: 1,
  schema: z.object({
    /** The paths of the policy, and since when it is known to have them (epoch ms). */
    includes: z.object({ digest: z.string(), since: z.number() }).optional(),
    /** The last time that drive applied the rules. */
    last: z
      .object({
        at: z.number(),
        blocked: z.enum(blocks).optional(),
        /** What failed, with `blocked: failed` or `unreadable`. */
        message: z.string().optional(),
        /** Archives of the policy before. */
        standing: z.number(),
        /** Archives that the rules do not keep; those that are in the trash already are left out. */
        due: z.number(),
        deleted: z.number(),
        bytes: z.number(),
        /** Archives that were put into the trash. */
        trashed: z.number(),
        /** Archives that the bucket refused to delete: how many, and the first ones. */
        refused: z.number(),
        refusals: z.array(z.object({ key: z.string(), code: z.string() })),
        /** Last good archives that are missing in the bucket, or were changed there: how many, and the first ones. Nothing of their phones is deleted. */
        missing: z.number(),
        missing_keys: z.array(z.string()),
      })
      .optional(),
    /** The last problem that was notified; absent when nothing was wrong since. */
    notified: z.string().optional(),
  }),
});

/** What is known of a policy's retention. A cache: lost, the paths count as new, and problems may be notified again. Times in epoch ms. */
export type RetentionState = ContentOf<typeof retentionObject>;
export type Pruned = NonNullable<RetentionState['last']>;
export type Block = (typeof blocks)[number];

export const { readCache: readRetention, put: writeRetention } = retentionObject;
