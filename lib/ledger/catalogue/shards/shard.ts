import { type Archive, comparePlaces, type IncludeSet } from '../archive.ts';
import type { Content, Phone, Row } from './content.ts';

/** A shard is full from this size on: one more archive, with its entries in the tables, still fits into an object. */
const MAX_SHARD_BYTES = 896 * 1024;

/** Returns the archives of a shard, oldest first. */
export function decode(policy: string, content: Content): Archive[] {
  const sets = new Map<string, IncludeSet>(
    Object.entries(content.includes).map(([digest, set]) => [digest, { digest, ...set }]),
  );
  // No spreads: a shard has 14,000 archives, and a policy hundreds of shards.
  const archives: Archive[] = [];
  for (const [verified_at, phoneAt, runAt, file, size, etag, flags = {}] of content.archives) {
    const [phone, run] = [content.phones[phoneAt], content.runs[runAt]];
    const includes = sets.get(run?.includes ?? '');
    if (phone === undefined || run === undefined || includes === undefined) continue;
    const [phone_id, phone_name, image_version] = phone;
    const { run_id, trigger, started_at, bucket, folder } = run;
    const key = folder + (typeof file === 'number' ? fileName(phone_id, file) : file);
    const archive: Archive = {
      policy,
      phone_id,
      phone_name,
      run_id,
      trigger,
      started_at,
      bucket,
      key,
      size,
      etag,
      verified_at,
      includes,
      flags,
    };
    if (image_version !== undefined) archive.image_version = image_version;
    archives.push(archive);
  }
  return archives;
}

/** Splits archives, which must be in order, into the contents of as many shards as they need. */
export function encode(
  archives: readonly Archive[],
  maxBytes = MAX_SHARD_BYTES,
): { first: Archive; content: Content }[] {
  const shards: { first: Archive; content: Content }[] = [];
  let open: Tables | undefined;
  let last: Archive | undefined;
  for (const archive of archives) {
    const isFull = open !== undefined && open.bytes > maxBytes;
    // Archives of one place stay together: a shard begins at a place.
    if (
      open === undefined ||
      (isFull && last !== undefined && comparePlaces(last, archive) !== 0)
    ) {
      open = emptyTables();
      shards.push({ first: archive, content: open.content });
    }
    add(open, archive);
    last = archive;
  }
  return shards;
}

/** A shard that is being filled. `phones` and `runs`: the positions of what its tables have. */
type Tables = {
  content: Content;
  phones: Map<string, number>;
  runs: Map<string, number>;
  bytes: number;
};

function emptyTables(): Tables {
  const content = { phones: [], includes: {}, runs: [], archives: [] };
  return { content, phones: new Map(), runs: new Map(), bytes: 0 };
}

function add(tables: Tables, archive: Archive): void {
  const { content, phones, runs } = tables;
  const { phone_id, phone_name, image_version, run_id, key, includes } = archive;
  const { digest, include, exclude } = includes;
  const push = <T>(table: T[], entry: T): number => {
    tables.bytes += bytesOf(entry);
    return table.push(entry) - 1;
  };
  if (!Object.hasOwn(content.includes, digest)) {
    content.includes[digest] = { include, exclude };
    tables.bytes += bytesOf(includes);
  }
  const phoneKey = `${phone_id} ${image_version} ${phone_name}`;
  const phone = phones.get(phoneKey) ?? push(content.phones, phoneOf(archive));
  phones.set(phoneKey, phone);
  const folder = folderOf(key);
  const runKey = `${run_id} ${digest} ${archive.bucket} ${archive.trigger} ${archive.started_at} ${folder}`;
  const run = runs.get(runKey) ?? push(content.runs, runOf(archive, folder));
  runs.set(runKey, run);
  push(content.archives, rowOf(archive, { phone, run, folder }));
}

const bytesOf = (entry: unknown): number => Buffer.byteLength(JSON.stringify(entry)) + 1;

function rowOf(
  { phone_id, key, size, etag, verified_at, flags }: Archive,
  { phone, run, folder }: { phone: number; run: number; folder: string },
): Row {
  const name = key.slice(folder.length);
  const attempt = Number(/-(\d{1,3})\.tar$/.exec(name)?.[1] ?? -1);
  const file = name === fileName(phone_id, attempt) ? attempt : name;
  const row: Row = [verified_at, phone, run, file, size, etag];
  if (Object.keys(flags).length > 0) row[6] = flags;
  return row;
}

function phoneOf({ phone_id, phone_name, image_version }: Archive): Phone {
  return image_version === undefined
    ? [phone_id, phone_name]
    : [phone_id, phone_name, image_version];
}

function runOf(archive: Archive, folder: string): Content['runs'][number] {
  const { run_id, trigger, started_at, bucket, includes } = archive;
  return { run_id, trigger, started_at, bucket, folder, includes: includes.digest };
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);

const fileName = (phoneId: string, attempt: number): string => `${phoneId}-${attempt}.tar`;
