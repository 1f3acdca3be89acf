import { createHash } from 'node:crypto';
import { hasCode } from '../../errors.ts';
import type { Archive } from '../../ledger/catalogue/archive.ts';
import { listShards, readShards } from '../../ledger/catalogue/shards/shards.ts';
import { listOpen } from '../../ledger/run/request.ts';
import { layout, readPolicyKey } from '../../ledger/store/layout.ts';
import { ifReadable, isUnreadable, type ObjectError } from '../../ledger/store/object-error.ts';
import type { RunDeps } from '../deps.ts';
import { readPolicy } from '../state/read-policy.ts';
import type { ObjectProblem } from './schemas/object.ts';
import { problemOf } from './unreadable.ts';

const PAGE = 5_000;
/** What `archiveKey` returns, in any folder. */
const ARCHIVE_KEY = /^(?:.+\/)?([a-z0-9-]{1,80})\/[\w-]{1,32}-[1-9]\d?\.tar$/;

type Deps = Pick<RunDeps, 'store' | 'archives' | 'ledger'>;

export type CheckedArchives = {
  /** Keys of archives of the catalogue that their bucket does not hold. */
  missing: string[];
  /** Keys of objects that look like archives and are not in the catalogue. Those of open runs are left out. */
  unknown: string[];
  /** Shards that cannot be used: their archives are not known. */
  unreadable?: ObjectProblem[];
};

/**
 * Compares the catalogue with the buckets of its archives and of the policies. Keeps 9 bytes for each archive in memory: the
 * buckets may hold millions.
 */
export async function checkArchives(deps: Deps): Promise<CheckedArchives> {
  const errors: ObjectError[] = [];
  const buckets = await policyBuckets(deps);
  const hashes: number[] = [];
  await eachArchive(deps, errors, (archive) => {
    hashes.push(hashOf(archive));
    buckets.add(archive.bucket);
  });
  const known = Float64Array.from(hashes).sort();
  hashes.length = 0;
  const isFound = new Uint8Array(known.length);
  const unknown: string[] = [];
  const open = await openRuns(deps);
  for (const bucket of [...buckets].sort()) {
    for await (const key of keysOf(deps, bucket)) {
      const run = ARCHIVE_KEY.exec(key)?.[1];
      if (run === undefined) continue;
      const at = indexOf(known, hashOf({ bucket, key }));
      if (at !== undefined) isFound[at] = 1;
      else if (!open.has(run)) unknown.push(key);
    }
  }
  const missing: string[] = [];
  await eachArchive(deps, [], (archive) => {
    const at = indexOf(known, hashOf(archive));
    const isLeftover = archive.flags.leftover !== undefined;
    if (at !== undefined && isFound[at] === 0 && !isLeftover) missing.push(archive.key);
  });
  const unreadable = errors.length === 0 ? {} : { unreadable: errors.map(problemOf) };
  return { missing: missing.sort(), unknown, ...unreadable };
}

async function eachArchive(
  { store }: Deps,
  errors: ObjectError[],
  visit: (archive: Archive) => void,
): Promise<void> {
  for await (const { archives } of readShards(store, await listShards(store), {
    leftovers: true,
  })) {
    if (isUnreadable(archives)) errors.push(archives);
    else for (const archive of archives) visit(archive);
  }
}

/** Returns the buckets of the policies that can be read. */
async function policyBuckets(deps: Deps): Promise<Set<string>> {
  const buckets = new Set<string>();
  for (const { key } of await deps.store.list(layout.policies)) {
    const name = readPolicyKey(key);
    const file = name === undefined ? undefined : await ifReadable(readPolicy(deps, name));
    if (file?.parsed.ok === true) buckets.add(file.parsed.policy.export.bucket);
  }
  return buckets;
}

/** Returns the runs whose archives may not be in the catalogue yet. */
async function openRuns({ store }: Deps): Promise<Set<string>> {
  const { requests, orphaned } = await listOpen(store);
  return new Set([
    ...requests.map(({ runId }) => runId),
    ...orphaned.map((id) => id.split('.')[0] ?? ''),
  ]);
}

/** Yields the keys of a bucket; none of one that does not exist. */
async function* keysOf({ archives }: Deps, bucket: string): AsyncGenerator<string> {
  let startAfter: string | undefined = '';
  while (startAfter !== undefined) {
    const from: { startAfter?: string } = startAfter === '' ? {} : { startAfter };
    const page = await archives.list(bucket, '', { ...from, max: PAGE }).catch((error: unknown) => {
      if (hasCode(error, 'bucket_missing')) return { objects: [] };
      throw error;
    });
    for (const { key } of page.objects) yield key;
    startAfter = page.objects.length < PAGE ? undefined : page.objects.at(-1)?.key;
  }
}

/** Returns 52 bits of a digest of an archive's place. */
function hashOf({ bucket, key }: Pick<Archive, 'bucket' | 'key'>): number {
  const digest = createHash('sha256').update(`${bucket} ${key}`).digest();
  return digest.readUInt32BE(0) * 2 ** 20 + (digest.readUInt32BE(4) >>> 12);
}

/** Returns the position of a number in a sorted list. */
function indexOf(sorted: Float64Array, wanted: number): number | undefined {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle] ?? 0;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
