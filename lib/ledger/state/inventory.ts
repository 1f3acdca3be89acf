import * as z from 'zod';
import { readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import { idSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

const INVENTORY_VERSION = 1;

const candidateSchema = z.object({
  phone_id: idSchema,
  phone_name: z.string(),
  server_id: z.string(),
  status: z.string(),
  image_version: z.string().optional(),
});

/** A reading of the fleet, finished or on its way: reading a large fleet spans several drives. Times in epoch ms. */
const inventorySchema = z.object({
  version: z.literal(INVENTORY_VERSION),
  /** Undefined: the whole project. */
  server_id: idSchema.optional(),
  started_at: z.number(),
  finished_at: z.number().optional(),
  complete: z.boolean(),
  offset: z.number().int(),
  passes: z.number().int(),
  pages: z.number().int(),
  phones: z.array(candidateSchema),
});

export type Inventory = z.infer<typeof inventorySchema>;

export function startInventory(startedAt: number, serverId: string | undefined): Inventory {
  return {
    version: INVENTORY_VERSION,
    ...(serverId === undefined ? {} : { server_id: serverId }),
    started_at: startedAt,
    complete: true,
    offset: 0,
    passes: 1,
    pages: 0,
    phones: [],
  };
}

const scope = (serverId: string | undefined): string =>
  serverId === undefined ? 'all' : `server-${serverId}`;

/** The last reading of this scope; undefined when there is none that can be read. A cache: never an error. */
export async function loadInventory(
  store: Pick<Store, 'get'>,
  serverId: string | undefined,
): Promise<Inventory | undefined> {
  return readCache(store, inventorySchema, INVENTORY_VERSION, layout.inventory(scope(serverId)));
}

export async function saveInventory(
  store: Pick<Store, 'put'>,
  inventory: Inventory,
): Promise<void> {
  await store.put(layout.inventory(scope(inventory.server_id)), JSON.stringify(inventory));
}
