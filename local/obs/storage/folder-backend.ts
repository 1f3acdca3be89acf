import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, rmdir, utimes } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import {
  getBucket,
  checkBucketName,
  isBucketName,
  type ListingBackend,
  recordOf,
  type WriteOptions,
} from './backend.ts';
import { hashedFile, plainFile } from './file-names.ts';
import { type FolderIndex, openIndex } from './folder-index.ts';
import { payloadOf, readFrom } from './payload.ts';
import { createSerializer } from './serializer.ts';
import { MAX_IN_MEMORY } from './spool.ts';

/**
 * Keeps objects as files: `<dir>/<bucket>/<key>`. A key that cannot be a path goes to `<dir>/.hashed`, metadata to
 * `<dir>/.meta`. Only one process may use a folder. Throws NoSuchBucket for an unknown bucket.
 */
export function folderBackend(folder: string): ListingBackend {
  const dir = resolve(folder);
  const serially = createSerializer();
  const buckets = new Map<string, { index: Promise<FolderIndex> | undefined }>();
  let drafts = 0;
  const meta = join(dir, '.meta');
  mkdirSync(meta, { recursive: true });
  for (const name of readdirSync(meta)) {
    if (name.startsWith('draft-')) rmSync(join(meta, name));
  }
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory() && isBucketName(entry.name)) {
      buckets.set(entry.name, { index: undefined });
    }
  }

  const inBucket = async <T>(name: string, run: (index: FolderIndex) => Promise<T>): Promise<T> => {
    const bucket = getBucket(buckets, name);
    return serially(name, async () => run(await (bucket.index ??= openIndex(dir, name))));
  };

  /** Moves the draft to the first of the files that can be created; returns its name. */
  const move = async (draft: string, files: string[]): Promise<string> => {
    for (const [i, file] of files.entries()) {
      const target = join(dir, file);
      try {
        await mkdir(dirname(target), { recursive: true });
        await rename(draft, target);
        return file;
      } catch (error) {
        if (i === files.length - 1) throw error;
      }
    }
    throw new Error('no file to move to');
  };

  const unlink = async (name: string, file: string): Promise<void> => {
    await rm(join(dir, file), { force: true });
    const top = join(dir, name);
    for (let parent = dirname(join(dir, file)); parent.startsWith(top + sep);) {
      const wasRemoved = await rmdir(parent).then(
        () => true,
        () => false,
      );
      if (!wasRemoved) return;
      parent = dirname(parent);
    }
  };

  return {
    drafts: meta,
    hasBucket: async (name) => buckets.has(name),
    buckets: () =>
      [...buckets.keys()].sort().map((name) => {
        // The time of creation where the file system knows it.
        const { birthtimeMs, ctimeMs } = statSync(join(dir, name));
        return { name, createdAt: birthtimeMs || ctimeMs };
      }),
    async createBucket(name) {
      checkBucketName(name);
      await mkdir(join(dir, name), { recursive: true });
      if (!buckets.has(name)) buckets.set(name, { index: undefined });
    },
    write: (name, key, body, facts: WriteOptions) =>
      inBucket(name, async (index) => {
        const payload = payloadOf(body);
        const record = recordOf(key, payload, facts);
        const draft = join(meta, `draft-${process.pid}-of-${(drafts += 1)}`);
        await payload.moveTo(draft);
        const modified = new Date(record.lastModified);
        await utimes(draft, modified, modified);
        const before = index.fileOf(key);
        const plain = plainFile(name, key);
        const files =
          plain === undefined || index.isOccupied(plain, key)
            ? [hashedFile(name, key)]
            : [plain, hashedFile(name, key)];
        const file = await move(draft, files);
        if (before !== undefined && before !== file) await unlink(name, before);
        await index.set(record, file);
        return record;
      }),
    read: (name, key) =>
      inBucket(name, async (index) => {
        const record = index.records.get(key);
        const file = index.fileOf(key);
        if (record === undefined || file === undefined) return undefined;
        return { record, body: await readFile(join(dir, file)) };
      }),
    open: (name, key, choose = () => undefined) =>
      inBucket(name, async (index) => {
        const record = index.records.get(key);
        const file = index.fileOf(key);
        if (record === undefined || file === undefined) return undefined;
        const range = choose(record);
        const path = join(dir, file);
        if (record.size > MAX_IN_MEMORY) return { record, range, body: readFrom(path, range) };
        const body = await readFile(path);
        return { record, range, body: range ? body.subarray(range.start, range.end + 1) : body };
      }),
    stat: (name, key) => inBucket(name, async (index) => index.records.get(key)),
    remove: (name, key) =>
      inBucket(name, async (index) => {
        const file = index.fileOf(key);
        if (file === undefined) return;
        await unlink(name, file);
        await index.delete(key);
      }),
    list: (name, prefix) => inBucket(name, async (index) => index.records.withPrefix(prefix)),
  };
}
