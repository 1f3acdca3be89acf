import { type Archive, includeSet } from '../../lib/ledger/catalogue/archive.ts';
import { newestArchives } from '../../lib/ledger/catalogue/newest-archives.ts';
import { listShards, readShards } from '../../lib/ledger/catalogue/shards/shards.ts';
import { isUnreadable } from '../../lib/ledger/store/object-error.ts';
import { T0 } from './runs.ts';
import type { Store } from '../../lib/ledger/store/store.ts';

/** Returns an archive of a phone as the catalogue has it. */
export function archiveOf(
  phone_id: string,
  verified_at: number,
  changes: Partial<Archive> = {},
): Archive {
  const { policy = 'nightly' } = changes;
  const run_id = changes.run_id ?? `${policy}-${verified_at}`;
  const started_at = Number(/-(\d{13})$/.exec(run_id)?.[1] ?? T0);
  return {
    ...{ policy, phone_id, phone_name: `game-${phone_id}`, run_id, trigger: 'timer' },
    ...{ bucket: 'my-phone-backups', key: `${policy}/20260102/${run_id}/${phone_id}-1.tar` },
    ...{ size: 2_048, etag: 'e', started_at, verified_at },
    ...{ includes: includeSet(['/data/data'], []) },
    ...{ flags: {}, ...changes },
  };
}

/** Returns the leftovers of the catalogue, oldest first, each as its key and what it is. */
export async function cataloguedLeftovers(
  store: Pick<Store, 'get' | 'list'>,
): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { archives } of readShards(store, await listShards(store), {
    leftovers: true,
  })) {
    if (isUnreadable(archives)) throw archives;
    for (const { key, flags } of archives) {
      if (flags.leftover !== undefined) found.push([key, flags.leftover]);
    }
  }
  return found;
}

/** Returns all archives of the catalogue, newest first. */
export async function catalogued(store: Pick<Store, 'get' | 'list'>): Promise<Archive[]> {
  return (await newestArchives(store, { max: 1_000_000 })).archives;
}
