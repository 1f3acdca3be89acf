import * as z from 'zod';
import { RESOURCE_ID } from '../../../names.ts';
import { triggers } from '../../run/request.ts';
import { layout } from '../../store/layout.ts';
import { ledgerObject } from '../../store/ledger-object.ts';
import { idSchema } from '../../store/part-of-key.ts';
import { flagsSchema } from '../archive.ts';

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

export type Row = z.infer<typeof rowSchema>;

/** `[phone_id, phone_name, image_version?]`. */
const phoneSchema = z.tuple([idSchema, z.string(), z.string().optional()]);
export type Phone = z.infer<typeof phoneSchema>;

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

export type Content = z.infer<typeof contentSchema>;

export const shardObject = ledgerObject({
  key: layout.archiveShard,
  version: 1,
  schema: contentSchema,
});
