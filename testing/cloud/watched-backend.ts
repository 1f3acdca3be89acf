import type { ObjectBackend } from '../../local/obs/storage/backend.ts';

/** A write to the bucket. */
export type Write = { bucket: string; key: string; etag: string };

/** A backend that records every write, so that a test can see what was overwritten. */
export function watchedBackend(backend: ObjectBackend, writes: Write[]): ObjectBackend {
  return {
    hasBucket: (bucket) => backend.hasBucket(bucket),
    createBucket: (bucket) => backend.createBucket(bucket),
    write: async (bucket, key, body, facts) => {
      const record = await backend.write(bucket, key, body, facts);
      writes.push({ bucket, key, etag: record.etag });
      return record;
    },
    read: (bucket, key) => backend.read(bucket, key),
    open: (...args) => backend.open(...args),
    stat: (bucket, key) => backend.stat(bucket, key),
    remove: (bucket, key) => backend.remove(bucket, key),
    list: (bucket, prefix) => backend.list(bucket, prefix),
  };
}
