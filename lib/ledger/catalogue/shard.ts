import * as z from 'zod';
import { RESOURCE_ID } from '../../names.ts';
import { triggers } from '../run/request.ts';
import { layout } from '../store/layout.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import { idSchema } from '../store/part-of-key.ts';
import { type Archive, comparePlaces, flagsSchema, type IncludeSet } from './archive.ts';

/** A shard is full from this size on: one more archive, with its entries in the tables, still fits into an object. */
const MAX_SHARD_BYTES = 896 * 1024;
const LAST_MS = 9_999_999_999_999;

/** `[verified_at, phone, run, file, size, etag, flags?]`; `phone` and `run` are positions in the shard's tables. */
const rowSchema = z.tuple([
  z.int().min(0).max(LAST_MS),
  z.int().min(0),
  z.int().min(0),
  /** The number of the attempt, or the name of the file when it does not follow from that. */
  z.union([z.int(), z.string()]),
  z.number(),
  z.string(),
  flagsSchema.optional(),
]);

type Row = z.infer<typeof rowSchema>;

/** `[phone_id, phone_name, image_version?]`. */
const phoneSchema = z.tuple([idSchema, z.string(), z.string().optional()]);
type Phone = z.infer<typeof phoneSchema>;

/** Checks the usual entry at a fraction of the schema's cost: a policy has millions. The schema decides about any other. */
function isPhone(phone: unknown): boolean {
  if (!Array.isArray(phone)) return false;
  const values: readonly unknown[] = phone;
  const [id, name, version = ''] = values;
  const isUsual =
    values.length <= 3 &&
    typeof id === 'string' &&
    RESOURCE_ID.test(id) &&
    typeof name === 'string' &&
    typeof version === 'string';
  return isUsual || phoneSchema.safeParse(phone).success;
}

/** Checks the usual row at a fraction of the schema's cost: a policy has millions. The schema decides about any other. */
function isRow(row: unknown): boolean {
  if (!Array.isArray(row)) return false;
  const values: readonly unknown[] = row;
  const isUsual =
    values.length === 6 &&
    isCount(values[0], LAST_MS) &&
    isCount(values[1]) &&
    isCount(values[2]) &&
    Number.isSafeInteger(values[3]) &&
    Number.isFinite(values[4]) &&
    typeof values[5] === 'string';
  return isUsual || rowSchema.safeParse(row).success;
}

function isCount(value: unknown, max = Number.MAX_SAFE_INTEGER): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}

const listOf = <T>(isEntry: (entry: unknown) => boolean, what: string) =>
  z.custom<T[]>((value) => Array.isArray(value) && value.every(isEntry), what);

const contentSchema = z
  .object({
    phones: listOf<Phone>(isPhone, 'not a list of phones'),
    includes: z.record(
      z.string(),
      z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }),
    ),
    runs: z.array(
      z.object({
        run_id: z.string(),
        trigger: z.enum(triggers),
        started_at: z.number(),
        bucket: z.string(),
        /** Of the archives' keys, with the slash at its end. */
        folder: z.string(),
        /** A digest of `includes`. */
        includes: z.string(),
      }),
    ),
    archives: listOf<Row>(isRow, 'not a list of archives'),
  })
  .refine(
    ({ phones, includes, runs, archives }) =>
      archives.every((row) => row[1] < phones.length && row[2] < runs.length) &&
      runs.every((run) => Object.hasOwn(includes, run.includes)),
    'an archive, or a run, without its entry in a table',
  );

type Content = z.infer<typeof contentSchema>;

export const shardObject = ledgerObject({
  key: layout.archiveShard,
  version: 1,
  schema: contentSchema,
});

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
