import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const PREFIX = 'inventory-';

const inventoryHint = ledgerObject({
  key: layout.hint,
  type: 'inventory',
  version: 1,
  schema: z.object({
    policy: z.string(),
    /** Epoch ms. An inventory that was started at this time or later is fresh enough. */
    requested_at: z.number(),
  }),
});

/** A request to read the fleet of a policy again. */
export type InventoryRequest = ContentOf<typeof inventoryHint>;

export function isInventoryRequest(hintId: string): boolean {
  return hintId.startsWith(PREFIX);
}

/**
 * Has the drive read a policy's fleet again. Requests of one policy merge while one is pending, so that repeated requests do
 * not restart the reading. Returns the pending request.
 */
export async function requestInventory(
  store: Pick<Store, 'get' | 'create'>,
  request: InventoryRequest,
): Promise<InventoryRequest> {
  const id = `${PREFIX}${request.policy}`;
  if ((await inventoryHint.create(store, request, id)) === 'created') return request;
  return (await readInventoryRequest(store, id)) ?? request;
}

/** Returns the request with this id; undefined when it is gone. Throws `object_newer` and `object_invalid`. */
export const readInventoryRequest = inventoryHint.read;
