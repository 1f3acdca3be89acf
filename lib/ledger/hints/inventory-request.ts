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
 * Asks the next drive to read a policy's fleet again. Returns the pending request: while there is one, a repeated request
 * changes nothing.
 */
export async function requestInventory(
  store: Pick<Store, 'get' | 'create'>,
  request: InventoryRequest,
): Promise<InventoryRequest> {
  const id = `${PREFIX}${request.policy}`;
  if ((await inventoryHint.create(store, request, id)) === 'created') return request;
  return (await inventoryHint.read(store, id)) ?? request;
}

/** Returns the request with this id; undefined when it is gone. Throws `object_newer` and `object_invalid`. */
export const readInventoryRequest = inventoryHint.readListed;
