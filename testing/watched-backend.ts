import type { ObjectBackend } from '../local/obs/storage/backend.ts';

/** A write as the bucket saw it. */
export type Write = { bucket: string; key: string; etag: string };

/** A backend that notes every write, so that nothing can be overwritten unseen. */
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
    stat: (bucket, key) => backend.stat(bucket, key),
    remove: (bucket, key) => backend.remove(bucket, key),
    list: (bucket, prefix) => backend.list(bucket, prefix),
  };
}
