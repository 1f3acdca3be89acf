import * as z from 'zod';
import { readObject } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const REQUEST_VERSION = 1;
const PREFIX = 'inventory-';

/** Somebody wants the fleet of a policy to be read anew. */
const schema = z.object({
  version: z.literal(REQUEST_VERSION),
  type: z.literal('inventory'),
  policy: z.string(),
  /** Epoch ms: a reading begun at this time or later will do. */
  asked_at: z.number(),
});

export type InventoryRequest = Omit<z.infer<typeof schema>, 'version' | 'type'>;

/**
 * Asks the drive to read a policy's fleet anew. Requests of one policy merge while none is done, so that asking often
 * does not begin the reading over and over. Answers the request that stands.
 */
export async function requestInventory(
  store: Pick<Store, 'get' | 'create'>,
  request: InventoryRequest,
): Promise<InventoryRequest> {
  const id = `${PREFIX}${request.policy}`;
  const hint = { version: REQUEST_VERSION, type: 'inventory', ...request };
  if ((await store.create(layout.hint(id), JSON.stringify(hint))) === 'created') return request;
  return (await readInventoryRequest(store, id)) ?? request;
}

export function isInventoryRequest(hintId: string): boolean {
  return hintId.startsWith(PREFIX);
}

/** Reads a request; undefined when it is gone. Throws `object_newer` or `object_invalid`. */
export async function readInventoryRequest(
  store: Pick<Store, 'get'>,
  hintId: string,
): Promise<InventoryRequest | undefined> {
  return readObject(store, schema, REQUEST_VERSION, layout.hint(hintId));
}
