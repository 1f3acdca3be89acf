import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { STORAGE_CLASSES } from '../classes/classes.ts';
import { parseJsonText } from '../../http/body.ts';
import type { ObjectRecord } from './backend.ts';
import { foldFile, HASHED_FOLDER } from './file-names.ts';
import { createRecords, type Records } from './records.ts';

const entrySchema = z.object({
  key: z.string().min(1),
  file: z.string().min(1),
  size: z.number(),
  etag: z.string(),
  lastModified: z.number(),
  contentType: z.string().optional(),
  metadata: z.record(z.string(), z.string()),
  storageClass: z.enum(STORAGE_CLASSES).optional(),
});
const lineSchema = z.union([entrySchema, z.object({ gone: z.string() })]);

type Entry = z.infer<typeof entrySchema>;

/** The content of a bucket's folder; file names are relative to the backend's folder. */
export type FolderIndex = {
  records: Records;
  fileOf(key: string): string | undefined;
  /** True if the file belongs to another key, also on a file system that ignores case. */
  isOccupied(file: string, key: string): boolean;
  set(record: ObjectRecord, file: string): Promise<void>;
  delete(key: string): Promise<void>;
};

/**
 * Reads `.meta/<bucket>.jsonl` (a line per change; an incomplete last line is ignored) and the folder. The files win: a
 * file that a person added, changed or deleted counts.
 */
export async function openIndex(dir: string, bucket: string): Promise<FolderIndex> {
  const log = join(dir, '.meta', `${bucket}.jsonl`);
  const records = createRecords();
  const files = new Map<string, string>();
  const keys = new Map<string, string>();

  const put = (record: ObjectRecord, file: string) => {
    const before = files.get(record.key);
    if (before !== undefined) keys.delete(foldFile(before));
    records.set(record);
    files.set(record.key, file);
    keys.set(foldFile(file), record.key);
  };
  const drop = (key: string) => {
    keys.delete(foldFile(files.get(key) ?? ''));
    files.delete(key);
    records.delete(key);
  };

  const logged = await readLog(log);
  for (const file of await filesUnder(dir, bucket)) {
    const entry = logged.get(file);
    const found = await inspect(dir, bucket, file, entry);
    if (found !== undefined) put(found, file);
  }
  const lines = records
    .withPrefix('')
    .map((record) => line({ ...record, file: files.get(record.key) }));
  await mkdir(join(dir, '.meta'), { recursive: true });
  await writeFile(`${log}.new`, lines.join(''));
  await rename(`${log}.new`, log);

  return {
    records,
    fileOf: (key) => files.get(key),
    isOccupied: (file, key) => (keys.get(foldFile(file)) ?? key) !== key,
    async set(record, file) {
      put(record, file);
      await appendFile(log, line({ ...record, file }));
    },
    async delete(key) {
      drop(key);
      await appendFile(log, line({ gone: key }));
    },
  };
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;

async function readLog(log: string): Promise<Map<string, Entry>> {
  const byKey = new Map<string, Entry>();
  const text = await readFile(log, 'utf8').catch(() => '');
  for (const row of text.split('\n')) {
    const parsed = lineSchema.safeParse(parseJsonText(row));
    if (!parsed.success) continue;
    if ('gone' in parsed.data) byKey.delete(parsed.data.gone);
    else byKey.set(parsed.data.key, parsed.data);
  }
  return new Map([...byKey.values()].map((entry) => [entry.file, entry]));
}

async function filesUnder(dir: string, bucket: string): Promise<string[]> {
  const files: string[] = [];
  for (const root of [bucket, join(HASHED_FOLDER, bucket)]) {
    const entries = await readdir(join(dir, root), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    for (const entry of entries) {
      if (entry.isFile())
        files.push(join(entry.parentPath, entry.name).slice(join(dir, '/').length));
    }
  }
  return files;
}

/** Returns the record of a file: the logged one if size and time match, else a new one. */
async function inspect(
  dir: string,
  bucket: string,
  file: string,
  entry: Entry | undefined,
): Promise<ObjectRecord | undefined> {
  const { size, mtimeMs } = await stat(join(dir, file));
  const lastModified = Math.round(mtimeMs);
  if (entry?.size === size && entry.lastModified === lastModified) {
    const { key, etag, contentType, metadata, storageClass } = entry;
    return { key, size, etag, lastModified, contentType, metadata, storageClass };
  }
  const isPlain = file.startsWith(bucket + sep);
  const key =
    entry?.key ?? (isPlain ? file.slice(bucket.length + 1).replaceAll(sep, '/') : undefined);
  if (key === undefined) return undefined;
  const md5 = createHash('md5');
  await pipeline(createReadStream(join(dir, file)), md5);
  const etag = md5.digest('hex');
  return { key, size, etag, lastModified, contentType: undefined, metadata: {} };
}
