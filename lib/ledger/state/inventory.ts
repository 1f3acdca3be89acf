import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import { idSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

const candidateSchema = z.object({
  phone_id: idSchema,
  phone_name: z.string(),
  server_id: z.string(),
  status: z.string(),
  image_version: z.string().optional(),
});

const inventoryObject = ledgerObject({
  key: (serverId: string | undefined) =>
    layout.inventory(serverId === undefined ? 'all' : `server-${serverId}`),
  version: 1,
  schema: z.object({
    /** Missing for the whole project. */
    server_id: idSchema.optional(),
    started_at: z.number(),
    /** Missing while the inventory is being read. */
    finished_at: z.number().optional(),
    /** False when phones were created or deleted faster than the listing could be read. */
    complete: z.boolean(),
    offset: z.number().int(),
    passes: z.number().int(),
    pages: z.number().int(),
    phones: z.array(candidateSchema),
  }),
});

/** The phones of the fleet or of one server. Reading a large fleet takes several drives. Times in epoch ms. */
export type Inventory = ContentOf<typeof inventoryObject>;

export function startInventory(startedAt: number, serverId: string | undefined): Inventory {
  return {
    ...(serverId === undefined ? {} : { server_id: serverId }),
    started_at: startedAt,
    complete: true,
    offset: 0,
    passes: 1,
    pages: 0,
    phones: [],
  };
}

/** Returns the last inventory of a server, or of the whole project; undefined when there is none. A cache. */
export const loadInventory = inventoryObject.readCache;

export async function saveInventory(
  store: Pick<Store, 'put'>,
  inventory: Inventory,
): Promise<void> {
  await inventoryObject.put(store, inventory, inventory.server_id);
}
