import type { Archive } from '../../ledger/catalogue/archive.ts';
import { rewriteShard } from '../../ledger/catalogue/shards/rewrite.ts';
import { grouped } from '../../ledger/store/parts/grouped.ts';
import { readShard, type Shard } from '../../ledger/catalogue/shards/shards.ts';
import type { DriveDeps } from '../deps.ts';
import { type Batch, deleteArchives, type Deleted } from './delete-archives.ts';
import { withoutConfirmed } from './confirmed-late.ts';
import type { JudgedShard } from './judge/judge-policy.ts';
import { deleteReasonsOf, isKept } from './judge/verdict-bits.ts';

const MAX_BATCH = 1_000;
const MAX_KEYS = 50;

export type Deps = Pick<DriveDeps, 'clock' | 'log' | 'store' | 'archives' | 'stillHeld'>;

/** What became of archives. Sizes in bytes. */
export type Tally = {
  deleted: number;
  bytes: number;
  trashed: number;
  /** Archives that the bucket refused to delete: how many, and the first ones. */
  refused: number;
  refusals: { key: string; code: string }[];
  /** Last good archives that are missing in the bucket, or were changed there: how many, and the first ones. */
  missing: number;
  missing_keys: string[];
};

/** `trash` in ms. `spared`: phones of which nothing is deleted. */
type Options = {
  before: Shard | undefined;
  trash: number | undefined;
  spared: ReadonlySet<string>;
  tally: Tally;
};

/** What is to be done with a shard's archives: delete, put into the trash, or take out of it. */
type Work = { due: Batch; marks: Map<string, number | undefined> };

/**
 * Deletes what is due in a shard, and takes it out of the catalogue; with `trash` (ms), archives are marked first. Returns the last
 * shard that stands. Yields after each batch of at most 1,000. A shard that has changed since it was judged is left for the next time.
 */
export async function* pruneShard(
  deps: Deps,
  { shard, verdicts }: JudgedShard,
  { before, tally, ...terms }: Options,
): AsyncGenerator<void, Shard | undefined> {
  const archives = await readShard(deps.store, shard);
  if (archives.length !== verdicts.length) return shard;
  const { due, marks } = workOf(archives, verdicts, { ...terms, now: deps.clock.now() });
  const batches = batchesOf(await withoutConfirmed(deps.store, due));
  let last: Shard | undefined = shard;
  for (const [index, batch] of batches.entries()) {
    const done = await deleteArchives(deps, shard.policy, batch);
    count(tally, batch, done);
    // Only a shard with which all is done may join the one before it.
    const isLast = index === batches.length - 1 && marks.size === 0;
    last = await rewriteShard(deps.store, shard, isLast ? before : undefined, afterDeletion(done));
    yield;
  }
  if (marks.size > 0) {
    last = await rewriteShard(deps.store, shard, before, (archive) => marked(archive, marks));
    for (const at of marks.values()) if (at !== undefined) tally.trashed += 1;
    yield;
  }
  return last;
}

/** Returns the archives of a shard as they are after a deletion: without those that are gone, and with the locks of the others. */
export function afterDeletion({
  deleted,
  kept,
}: Deleted): (archive: Archive) => Archive | undefined {
  const locks = new Map(kept.map(({ key, lockedUntil }) => [key, lockedUntil]));
  return (archive) => {
    if (deleted.has(archive.key)) return undefined;
    const locked = locks.get(archive.key);
    if (locked === undefined || locked === archive.flags.locked) return archive;
    return { ...archive, flags: { ...archive.flags, locked } };
  };
}

/** Counts last good archives that are missing in the bucket. */
export function noteMissing(tally: Tally, missing: readonly { key: string }[]): void {
  tally.missing += missing.length;
  const first = missing.slice(0, MAX_KEYS - tally.missing_keys.length);
  tally.missing_keys.push(...first.map(({ key }) => key));
}

function count(tally: Tally, batch: Batch, { deleted, kept }: Deleted): void {
  for (const { archive } of batch) {
    if (!deleted.has(archive.key)) continue;
    tally.deleted += 1;
    tally.bytes += archive.size;
  }
  // What is locked or pinned is kept on purpose.
  const refused = kept.filter(
    ({ code, lockedUntil }) => code !== 'protected' && lockedUntil === undefined,
  );
  tally.refused += refused.length;
  const first = refused.slice(0, MAX_KEYS - tally.refusals.length);
  tally.refusals.push(...first.map(({ key, code }) => ({ key, code })));
}

function workOf(
  archives: readonly Archive[],
  verdicts: Uint16Array,
  { trash, spared, now }: Pick<Options, 'trash' | 'spared'> & { now: number },
): Work {
  const work: Work = { due: [], marks: new Map() };
  for (const [index, archive] of archives.entries()) {
    const bits = verdicts[index] ?? 0;
    // Its phone belongs to another part.
    if (bits === 0) continue;
    const { trashed } = archive.flags;
    if (isKept(bits)) {
      if (trashed !== undefined) work.marks.set(archive.key, undefined);
    } else if (spared.has(archive.phone_id)) {
      continue;
    } else if (trash === undefined || (trashed !== undefined && now >= trashed + trash)) {
      work.due.push({ archive, reasons: deleteReasonsOf(bits) });
    } else if (trashed === undefined) work.marks.set(archive.key, now);
  }
  return work;
}

/** Returns batches of at most 1,000 archives, each of one bucket. */
function batchesOf(due: Batch): Batch[] {
  const byBucket = grouped(due, ({ archive }) => archive.bucket);
  return [...byBucket.values()].flatMap((own) =>
    Array.from({ length: Math.ceil(own.length / MAX_BATCH) }, (_, index) =>
      own.slice(index * MAX_BATCH, (index + 1) * MAX_BATCH),
    ),
  );
}

/** Returns an archive with its mark of the trash set or removed. */
function marked(archive: Archive, marks: ReadonlyMap<string, number | undefined>): Archive {
  if (!marks.has(archive.key)) return archive;
  const flags = { ...archive.flags };
  const at = marks.get(archive.key);
  if (at === undefined) delete flags.trashed;
  else flags.trashed = at;
  return { ...archive, flags };
}
