import type { Archive } from '../../ledger/catalogue/archive.ts';
import { findArchivedPhones } from '../../ledger/catalogue/find-phones.ts';
import { newestArchives } from '../../ledger/catalogue/newest-archives.ts';
import { listShards, readShards } from '../../ledger/catalogue/shards.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';
import { PhonevaultError } from '../../errors.ts';

type Reader = Pick<Store, 'get' | 'list'>;

/**
 * Returns the archive of a key (`obs://<bucket>/<key>` or the key alone), or the newest archive of a phone, by name or id, verified at
 * `at` (epoch ms) or earlier. Throws `not_found`.
 */
export async function namedArchive(store: Reader, what: string, at?: number): Promise<Archive> {
  const found = what.includes('/') ? await byKey(store, what) : await ofPhone(store, what, at);
  if (found !== undefined) return found;
  throw new PhonevaultError(
    'not_found',
    'no archive of the catalogue has this key, phone or time',
    {
      hint: '`phonevault archives` lists the archives; `phonevault archives --rebuild` adds those that the catalogue has lost',
    },
  );
}

async function byKey(store: Reader, what: string): Promise<Archive | undefined> {
  const [, bucket, key = what] = /^obs:\/\/([^/]+)\/(.+)$/.exec(what) ?? [];
  const shards = (await listShards(store)).reverse();
  for await (const { archives } of readShards(store, shards, { leftovers: true })) {
    if (isUnreadable(archives)) continue;
    const found = archives.find(
      (archive) => archive.key === key && (bucket === undefined || archive.bucket === bucket),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

async function ofPhone(store: Reader, phone: string, at?: number): Promise<Archive | undefined> {
  const { ids } = await findArchivedPhones(store, phone);
  if (ids.size === 0) return undefined;
  const { archives } = await newestArchives(store, { phones: ids, until: at, max: 1 });
  return archives[0];
}
