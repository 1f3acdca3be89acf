import * as z from 'zod';
import { deletedArchiveSchema } from '../run/deleted-archives.ts';
import { layout } from '../store/layout.ts';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { policyNameSchema, runIdSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

const requestObject = ledgerObject({
  key: layout.pruneRequest,
  version: 1,
  schema: z.object({ kind: z.literal('prune'), policy: policyNameSchema }),
});

const intentObject = ledgerObject({
  key: layout.pruneIntent,
  version: 1,
  schema: z.object({
    policy: policyNameSchema,
    bucket: z.string(),
    archives: z.array(
      deletedArchiveSchema.extend({ run_id: runIdSchema, verified_at: z.number() }),
    ),
  }),
});

/** Archives that are about to be deleted: written before the call. At most 1,000, of one bucket. */
export type PruneIntent = ContentOf<typeof intentObject>;

/** Asks drive to apply the retention rules of a policy. Asking again while it is open changes nothing. */
export async function requestPrune(store: Pick<Store, 'put'>, policy: string): Promise<void> {
  await requestObject.put(store, { kind: 'prune', policy }, policy);
}

/** Returns what was about to be deleted; undefined when there is nothing. Throws ObjectError. */
export const readPruneIntent = intentObject.readListed;

/** Returns when the request of a policy, or how far it got, was last written (epoch ms); 0 when there is none. */
export async function lastPruneStep(store: Pick<Store, 'list'>, policy: string): Promise<number> {
  const objects = await store.list(layout.pruneObjects(policy));
  return Math.max(0, ...objects.map(({ lastModified }) => lastModified));
}

export async function writePruneIntent(
  store: Pick<Store, 'put'>,
  intent: PruneIntent,
): Promise<void> {
  await intentObject.put(store, intent, intent.policy);
}
