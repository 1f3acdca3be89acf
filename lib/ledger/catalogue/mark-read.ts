import type { EventOf } from '../run/events.ts';
import type { Store } from '../store/store.ts';
import type { Archive, ArchiveRead } from './archive.ts';
import { rewriteShard } from './shards/rewrite.ts';
import { listShards } from './shards/shards.ts';

/** A right that is missing says nothing of an archive. */
const SUSPECT: ReadonlySet<ArchiveRead['result']> = new Set(['changed', 'broken', 'missing']);

/** Returns what the catalogue keeps of reading an archive. */
export function archiveRead({
  at,
  result,
  entries,
  files,
  bytes,
  absent,
}: Omit<EventOf<'read'>, 'type' | 'phone_id' | 'attempt'>): ArchiveRead {
  return {
    ...{ at, result },
    ...(entries === undefined ? {} : { entries, files, bytes }),
    ...(absent === undefined ? {} : { absent }),
  };
}

/** Returns the flags of an archive that was read. */
export function readFlags({ flags }: Archive, read: ArchiveRead): Archive['flags'] {
  return { ...flags, ...(SUSPECT.has(read.result) ? { suspect: true as const } : {}), read };
}

/** An archive that was read, as the catalogue knows it. `verified_at`: epoch ms. */
type Marked = Pick<Archive, 'bucket' | 'key' | 'verified_at'> & { read: ArchiveRead };

/** Adds to archives of a policy what came of reading them. Those that the catalogue lacks are left out. Safe to repeat. Throws ObjectError. */
export async function markRead(
  store: Pick<Store, 'get' | 'list' | 'put' | 'remove'>,
  policy: string,
  marked: readonly Marked[],
): Promise<void> {
  const reads = new Map(marked.map(({ bucket, key, read }) => [`${bucket} ${key}`, read]));
  const times = marked.map(({ verified_at }) => verified_at);
  for (const shard of await listShards(store, policy)) {
    const end = shard.to?.verified_at ?? Number.POSITIVE_INFINITY;
    if (!times.some((at) => shard.from.verified_at <= at && at <= end)) continue;
    await rewriteShard(store, shard, undefined, (archive) => {
      const read = reads.get(`${archive.bucket} ${archive.key}`);
      if (read === undefined || archive.flags.read?.at === read.at) return archive;
      return { ...archive, flags: readFlags(archive, read) };
    });
  }
}
