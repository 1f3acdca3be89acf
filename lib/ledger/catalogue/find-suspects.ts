import { isUnreadable } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';
import type { Archive } from './archive.ts';
import { listShards, readShards } from './shards/shards.ts';
import { isSuspect, SIZES } from './suspect.ts';

const SHARDS = 4;
const PHONES_A_SHARD = 200;
const MAX_SHARDS = 64;

type Sized = Pick<Archive, 'phone_id' | 'key' | 'size'>;

/**
 * Returns the keys of the archives that are much smaller than the last ones of their phone with the same paths. `archives` are of
 * one policy and one set of paths (`digest`), one of each phone. Reads from the newest shard back, a number of shards that grows with the
 * number of archives: what is further back, or cannot be read, does not count.
 */
export async function findSuspects(
  store: Pick<Store, 'get' | 'list'>,
  policy: string,
  { archives, digest }: { archives: readonly Sized[]; digest: string },
): Promise<Set<string>> {
  if (archives.length === 0) return new Set();
  const wanted = new Map(archives.map((own) => [own.phone_id, { own, sizes: [] as number[] }]));
  let missing = wanted.size;
  const max = Math.min(MAX_SHARDS, SHARDS + Math.ceil(archives.length / PHONES_A_SHARD));
  const shards = (await listShards(store, policy)).reverse().slice(0, max);
  for await (const { archives: found } of readShards(store, shards)) {
    if (isUnreadable(found)) continue;
    for (const { phone_id, key, size, includes } of found.reverse()) {
      const phone = wanted.get(phone_id);
      const isOther = phone === undefined || includes.digest !== digest || key === phone.own.key;
      if (isOther || phone.sizes.length === SIZES) continue;
      phone.sizes.push(size);
      if (phone.sizes.length === SIZES) missing -= 1;
    }
    if (missing === 0) break;
  }
  const suspects = [...wanted.values()].filter(({ own, sizes }) => isSuspect(own.size, sizes));
  return new Set(suspects.map(({ own }) => own.key));
}
