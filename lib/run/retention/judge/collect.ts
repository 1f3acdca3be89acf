import type { Archive } from '../../../ledger/catalogue/archive.ts';
import { readShards, type Shard } from '../../../ledger/catalogue/shards/shards.ts';
import { isUnreadable } from '../../../ledger/store/object-error.ts';
import type { Store } from '../../../ledger/store/store.ts';
import type { RetainedArchive } from '../../../policy/retention/archive.ts';
import type { Protected } from './protected.ts';

/** Eight fit into the byte that an archive has for them. */
const FLAGS = [
  ...(['suspect', 'beforeRestore', 'pinned', 'manual', 'inUse', 'locked', 'trashed'] as const),
  ...(['superseded', 'orphaned'] as const),
] as const;

/** `verified_at` is the place: shards are in the order of the time of verification. */
type CollectedArchive = RetainedArchive & { trashed?: boolean };

/** The archives of some phones of a policy, 27 bytes each: a policy may have millions. */
export type Collected = {
  /** How many archives each shard has, of all phones. */
  rows: number[];
  /** The places of each phone's archives: numbers of all archives of the policy, in the order of the shards. */
  phones: Map<string, number[]>;
  /** Returns the archive at a place, as retention judges it. */
  at(place: number): CollectedArchive;
};

type Columns = {
  /** The place of the shard's first archive. */
  first: number;
  place: Int32Array;
  time: Float64Array;
  generation: Float64Array;
  includes: Uint16Array;
  flags: Uint16Array;
};

type Options = {
  protect: Protected;
  /** Epoch ms. */
  now: number;
  /** Whether to take the archives of a phone. */
  takes: (phoneId: string) => boolean;
};

/** Reads the archives of the phones that `takes` accepts. Yields after each shard. Throws the ObjectError of a shard that cannot be used. */
export async function* collect(
  store: Pick<Store, 'get' | 'list'>,
  shards: readonly Shard[],
  options: Options,
): AsyncGenerator<void, Collected> {
  const rows: number[] = [];
  const parts: Columns[] = [];
  const phones = new Map<string, number[]>();
  const digests = new Map<string, number>();
  let first = 0;
  for await (const { archives } of readShards(store, shards, { leftovers: true })) {
    if (isUnreadable(archives)) throw archives;
    parts.push(columnsOf(archives, first, { ...options, digests, phones }));
    rows.push(archives.length);
    first += archives.length;
    yield;
  }
  const names = [...digests.keys()];
  return { rows, phones, at: (place) => archiveAt(parts, names, place) };
}

function columnsOf(
  archives: readonly Archive[],
  first: number,
  into: Options & { digests: Map<string, number>; phones: Map<string, number[]> },
): Columns {
  const { takes, digests, phones } = into;
  const taken = archives.flatMap((archive, row) => (takes(archive.phone_id) ? [row] : []));
  const columns: Columns = {
    first,
    place: Int32Array.from(taken, (row) => first + row),
    time: new Float64Array(taken.length),
    generation: new Float64Array(taken.length),
    includes: new Uint16Array(taken.length),
    flags: new Uint16Array(taken.length),
  };
  for (const [index, row] of taken.entries()) {
    const archive = archives[row];
    if (archive === undefined) continue;
    const { phone_id, started_at, flags, includes } = archive;
    columns.time[index] = started_at;
    columns.generation[index] = flags.generation ?? 0;
    columns.flags[index] = flagsOf(archive, into);
    const digest = digests.get(includes.digest) ?? digests.size;
    digests.set(includes.digest, digest);
    columns.includes[index] = digest;
    const places = phones.get(phone_id);
    if (places === undefined) phones.set(phone_id, [first + row]);
    else places.push(first + row);
  }
  return columns;
}

function flagsOf(archive: Archive, { protect, now }: Options): number {
  const { flags, trigger } = archive;
  const is: Record<(typeof FLAGS)[number], boolean> = {
    // What a phone held before a restore is hardly what somebody wants back.
    suspect: flags.suspect === true || trigger === 'restore',
    beforeRestore: trigger === 'restore',
    pinned: protect.isPinned(archive),
    manual: trigger === 'manual',
    inUse: protect.isInUse(archive),
    locked: flags.locked !== undefined && now < flags.locked,
    trashed: flags.trashed !== undefined,
    superseded: flags.leftover === 'superseded',
    orphaned: flags.leftover === 'orphaned',
  };
  return FLAGS.reduce((bits, flag, index) => (is[flag] ? bits | (1 << index) : bits), 0);
}

function archiveAt(
  parts: readonly Columns[],
  digests: readonly string[],
  place: number,
): CollectedArchive {
  const part = parts[lastAtMost(parts.length, (index) => parts[index]?.first ?? Infinity, place)];
  if (part === undefined) throw new Error(`no archive at ${place}`);
  const row = lastAtMost(part.place.length, (index) => part.place[index] ?? Infinity, place);
  const flags = part.flags[row] ?? 0;
  const archive: CollectedArchive = {
    time: part.time[row] ?? 0,
    verified_at: place,
    includes: digests[part.includes[row] ?? 0] ?? '',
    generation: part.generation[row] ?? 0,
  };
  for (const [index, flag] of FLAGS.entries()) {
    if ((flags & (1 << index)) !== 0) archive[flag] = true;
  }
  return archive;
}

/** Returns the last of `count` indexes whose value is at most `limit`, by binary search. */
function lastAtMost(count: number, valueAt: (index: number) => number, limit: number): number {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (valueAt(middle) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
