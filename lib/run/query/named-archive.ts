import type { Archive } from '../../ledger/catalogue/archive.ts';
import { findArchivedPhones } from '../../ledger/catalogue/find-phones.ts';
import { newestArchives } from '../../ledger/catalogue/newest-archives.ts';
import { listShards, readShards } from '../../ledger/catalogue/shards/shards.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';
import { PhonevaultError } from '../../errors.ts';
import { visible } from '../../visible.ts';
import { noArchive } from './archives.ts';

/** Archives of a phone that are looked at. */
const MAX = 1_000;
const MAX_IDS = 5;

type Reader = Pick<Store, 'get' | 'list'>;

/** Of which policy or run, and until when (epoch ms) verified. */
type Filter = { policy?: string | undefined; run?: string | undefined; at?: number | undefined };

/**
 * Returns the archive of a key (`obs://<bucket>/<key>` or the key alone), or the newest archive of a phone, by name or id, verified at
 * `at` (epoch ms) or earlier. Throws `not_found`, also for a name that belongs to several phones.
 */
export async function namedArchive(store: Reader, what: string, at?: number): Promise<Archive> {
  const found = what.includes('/')
    ? await byKey(store, what)
    : (await archivesOfPhone(store, what, { at }))[0];
  if (found !== undefined) return found;
  throw new PhonevaultError(
    'not_found',
    'no archive of the catalogue has this key, phone or time',
    {
      hint: '`phonevault archives` lists the archives; `phonevault archives --rebuild` adds those that the catalogue has lost',
    },
  );
}

/**
 * Returns the archives of one phone, by name or id, newest first. Throws `not_found` for a phone without any archive, and for a name when
 * archives of several phones fit.
 */
export async function archivesOfPhone(
  store: Reader,
  phone: string,
  { policy, run, at }: Filter,
): Promise<Archive[]> {
  const { ids, errors } = await findArchivedPhones(store, phone);
  if (ids.size === 0) throw noArchive(errors);
  const { archives } = await newestArchives(store, { policy, phones: ids, until: at, max: MAX });
  const fitting = archives.filter(({ run_id }) => run === undefined || run_id === run);
  const several = [...new Set(fitting.map(({ phone_id }) => phone_id))];
  if (several.length <= 1) return fitting;
  const named = `${several.length} phones are or were named ${visible(phone)}`;
  const more = several.length > MAX_IDS ? ', …' : '';
  throw new PhonevaultError('not_found', named, {
    hint: `give the id of one: ${several.slice(0, MAX_IDS).join(', ')}${more}`,
  });
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
