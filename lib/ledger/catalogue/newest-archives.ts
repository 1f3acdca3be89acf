import { isUnreadable, type ObjectError } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';
import { type Archive, type ArchivePosition, compareNewest } from './archive.ts';
import { listShards, readShards, type Shard } from './shards/shards.ts';

export type ArchiveFilter = {
  policy?: string | undefined;
  /** Only archives of these phones, by id. */
  phones?: ReadonlySet<string> | undefined;
  /** Verified at this time (epoch ms) or earlier. */
  until?: number | undefined;
  /** Only archives that follow this one in the list. */
  after?: ArchivePosition | undefined;
  /** How many archives at most; at least 1. */
  max: number;
};

/**
 * Returns the newest archives that pass the filter, newest first, and the errors of the shards that cannot be used. Reads only the
 * shards that may hold some of them.
 */
export async function newestArchives(
  store: Pick<Store, 'get' | 'list'>,
  filter: ArchiveFilter,
): Promise<{ archives: Archive[]; errors: ObjectError[] }> {
  const { policy, until = Number.POSITIVE_INFINITY, after, max } = filter;
  const latest = Math.min(until, after?.verified_at ?? Number.POSITIVE_INFINITY);
  const shards = (await listShards(store, policy))
    .filter(({ from }) => from.verified_at <= latest)
    .sort((a, b) => endOf(b) - endOf(a));
  const errors: ObjectError[] = [];
  let archives: Archive[] = [];
  for await (const { shard, archives: found } of readShards(store, shards)) {
    if (isUnreadable(found)) errors.push(found);
    else {
      const fitting = found.filter((archive) => passes(archive, filter));
      archives = [...archives, ...fitting].sort(compareNewest).slice(0, max);
    }
    const next = shards[shards.indexOf(shard) + 1];
    const oldest = archives[max - 1];
    if (oldest !== undefined && next !== undefined && endOf(next) < oldest.verified_at) break;
  }
  return { archives, errors };
}

/**
 * Returns whether an archive is good enough to be restored without being named: it is not suspiciously small, not in the trash, and
 * no restore made it. Such an archive holds what the phone was to be saved from.
 */
export function isGood({ flags, trigger }: Archive): boolean {
  return flags.suspect === undefined && flags.trashed === undefined && trigger !== 'restore';
}

/**
 * Returns the newest archive of each phone that `isEligible`, and the errors of the shards that cannot be used. `policy`: only
 * archives of this one. Reads from the newest shard back, until nothing newer can be found.
 */
export async function newestOfPhones(
  store: Pick<Store, 'get' | 'list'>,
  phones: ReadonlySet<string>,
  isEligible: (archive: Archive) => boolean,
  policy?: string,
): Promise<{ archives: Map<string, Archive>; errors: ObjectError[] }> {
  const shards = (await listShards(store, policy)).sort((a, b) => endOf(b) - endOf(a));
  const archives = new Map<string, Archive>();
  const errors: ObjectError[] = [];
  for await (const { shard, archives: found } of readShards(store, shards)) {
    if (isUnreadable(found)) errors.push(found);
    else {
      for (const archive of found) {
        if (!phones.has(archive.phone_id) || !isEligible(archive)) continue;
        const known = archives.get(archive.phone_id);
        if (known !== undefined && known.verified_at >= archive.verified_at) continue;
        archives.set(archive.phone_id, archive);
      }
    }
    const next = shards[shards.indexOf(shard) + 1];
    if (next === undefined || archives.size < phones.size) continue;
    const oldest = Math.min(...[...archives.values()].map(({ verified_at }) => verified_at));
    if (endOf(next) < oldest) break;
  }
  return { archives, errors };
}

function passes(archive: Archive, { phones, until, after }: ArchiveFilter): boolean {
  return (
    (phones === undefined || phones.has(archive.phone_id)) &&
    (until === undefined || archive.verified_at <= until) &&
    (after === undefined || compareNewest(after, archive) < 0)
  );
}

/** Returns the time after which a shard holds no archive (epoch ms). */
const endOf = ({ to }: Shard): number => to?.verified_at ?? Number.POSITIVE_INFINITY;
