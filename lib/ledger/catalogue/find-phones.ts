import { isUnreadable, type ObjectError } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';
import { listShards, readShards } from './shards/shards.ts';

/**
 * Returns the ids of the phones that have this id, or else whose newest archive has this name, or else that ever had it, and the
 * errors of the shards that cannot be used.
 */
export async function findArchivedPhones(
  store: Pick<Store, 'get' | 'list'>,
  idOrName: string,
): Promise<{ ids: Set<string>; errors: ObjectError[] }> {
  const errors: ObjectError[] = [];
  const lastSeen = new Map<string, { at: number; name: string }>();
  const named = new Set<string>();
  const shards = (await listShards(store)).reverse();
  for await (const { archives } of readShards(store, shards, { leftovers: true })) {
    if (isUnreadable(archives)) {
      errors.push(archives);
      continue;
    }
    for (const { phone_id, phone_name, verified_at } of archives) {
      if (phone_id === idOrName) return { ids: new Set([phone_id]), errors };
      if (phone_name === idOrName) named.add(phone_id);
      if (verified_at >= (lastSeen.get(phone_id)?.at ?? 0)) {
        lastSeen.set(phone_id, { at: verified_at, name: phone_name });
      }
    }
  }
  const present = [...named].filter((id) => lastSeen.get(id)?.name === idOrName);
  return { ids: present.length > 0 ? new Set(present) : named, errors };
}
