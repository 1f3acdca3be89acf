import { isUnreadable, type ObjectError } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';
import { type Archive, type ArchivePosition, compareNewest } from './archive.ts';
import { listShards, readShards, type Shard } from './shards.ts';

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

function passes(archive: Archive, { phones, until, after }: ArchiveFilter): boolean {
  return (
    (phones === undefined || phones.has(archive.phone_id)) &&
    (until === undefined || archive.verified_at <= until) &&
    (after === undefined || compareNewest(after, archive) < 0)
  );
}

/** Returns the time after which a shard holds no archive (epoch ms). */
const endOf = ({ to }: Shard): number => to?.verified_at ?? Number.POSITIVE_INFINITY;
