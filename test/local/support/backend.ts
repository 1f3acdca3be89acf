import { createHash } from 'node:crypto';
import type { ObjectBackend, ObjectRecord } from '../../../local/obs/storage/backend.ts';
import { bytesOf, payloadOf } from '../../../local/obs/storage/payload.ts';

/** A minimal store of objects. */
export function mapBackend(...buckets: string[]): ObjectBackend {
  const objects = new Map<string, { record: ObjectRecord; body: Uint8Array }>();
  const known = new Set(buckets);
  return {
    hasBucket: async (bucket) => known.has(bucket),
    createBucket: async (bucket) => void known.add(bucket),
    write: async (bucket, key, given, { lastModified, contentType, metadata = {} }) => {
      const body = bytesOf(payloadOf(given));
      const etag = createHash('md5').update(body).digest('hex');
      const record = { key, size: body.byteLength, etag, lastModified, contentType, metadata };
      objects.set(`${bucket}/${key}`, { record, body });
      return record;
    },
    read: async (bucket, key) => objects.get(`${bucket}/${key}`),
    open: async (bucket, key) => {
      const found = objects.get(`${bucket}/${key}`);
      return found && { ...found, range: undefined };
    },
    stat: async (bucket, key) => objects.get(`${bucket}/${key}`)?.record,
    remove: async (bucket, key) => void objects.delete(`${bucket}/${key}`),
    list: async (bucket, prefix) =>
      [...objects]
        .filter(([name]) => name.startsWith(`${bucket}/${prefix}`))
        .map(([, { record }]) => record)
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}
