import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import { ifCached } from '../store/object-error.ts';
import { phoneParts } from '../store/parts/parts.ts';
import { idSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';
import { candidateSchema } from './candidate.ts';

const PHONES_PER_PART = 5_000;
/** No drive lasts as long, so no drive writes a list of parts with one that is older. */
const KEPT_MS = 15 * 60_000;

const phones = phoneParts(candidateSchema, PHONES_PER_PART);

const scopeOf = (serverId: string | undefined): string =>
  serverId === undefined ? 'all' : `server-${serverId}`;

const inventoryObject = ledgerObject({
  key: (serverId: string | undefined) => layout.inventory(scopeOf(serverId)),
  version: 1,
  schema: z.object({
    /** Missing for the whole project. */
    server_id: idSchema.optional(),
    started_at: z.number(),
    /** Missing while the inventory is being read. */
    finished_at: z.number().optional(),
    /** False when phones were created or deleted faster than the listing could be read. */
    complete: z.boolean(),
    /** How many phones there are, as the last page said. Missing before the first page. */
    count: z.number().int().optional(),
    offset: z.number().int(),
    passes: z.number().int(),
    pages: z.number().int(),
    /** True when CPH has refused pages of more than 100 phones. */
    small_pages: z.boolean().optional(),
    /** The keys of the parts that hold the phones. */
    parts: z.array(z.string().regex(/^state\/inventory\/[\w-]+\/[0-9a-f]+\.json$/)),
  }),
});

/**
 * The phones of the fleet or of one server. Reading a large fleet takes several drives. Times in epoch ms. `parts` are the
 * objects that hold its phones as it was read.
 */
export type Inventory = ContentOf<typeof inventoryObject> & {
  phones: z.infer<typeof candidateSchema>[];
};

export function startInventory(startedAt: number, serverId: string | undefined): Inventory {
  return {
    ...(serverId === undefined ? {} : { server_id: serverId }),
    started_at: startedAt,
    complete: true,
    offset: 0,
    passes: 1,
    pages: 0,
    parts: [],
    phones: [],
  };
}

/** Returns the last inventory of a server, or of the whole project; undefined when there is none. A cache. */
export async function loadInventory(
  store: Pick<Store, 'get'>,
  serverId: string | undefined,
): Promise<Inventory | undefined> {
  const head = await inventoryObject.readCache(store, serverId);
  if (head === undefined) return undefined;
  const read = await ifCached(phones.read(store, head.parts));
  return read && { ...head, phones: read };
}

/**
 * Writes an inventory: first its parts that are not stored yet, then the object that names them. So a reading that goes on
 * adds parts, and two readings never mix. Deletes parts that nothing has named for a while.
 */
export async function saveInventory(
  store: Pick<Store, 'put' | 'list' | 'remove'>,
  inventory: Inventory,
): Promise<void> {
  const { phones: list, ...head } = inventory;
  const folder = layout.inventoryParts(scopeOf(head.server_id));
  const stored = new Set(head.parts);
  const parts = (await phones.write(store, folder, list, { stored })) ?? [];
  await inventoryObject.put(store, { ...head, parts }, head.server_id);
  if (head.finished_at === undefined) return;
  const named = new Set(parts);
  const old = (await store.list(folder)).filter(
    ({ key, lastModified }) => !named.has(key) && lastModified < (head.finished_at ?? 0) - KEPT_MS,
  );
  if (old.length > 0) await store.remove(old.map(({ key }) => key));
}
