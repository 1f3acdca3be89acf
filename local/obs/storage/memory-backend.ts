import {
  getBucket,
  checkBucketName,
  type ListingBackend,
  recordOf,
  type WriteOptions,
} from './backend.ts';
import { createRecords, type Records } from './records.ts';

type Bucket = { createdAt: number; records: Records; bodies: Map<string, Uint8Array> };

/** Keeps objects in memory, without copying bodies. Throws NoSuchBucket for an unknown bucket. */
export function memoryBackend(): ListingBackend {
  const buckets = new Map<string, Bucket>();
  return {
    hasBucket: async (name) => buckets.has(name),
    buckets: () =>
      [...buckets]
        .map(([name, { createdAt }]) => ({ name, createdAt }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    async createBucket(name, createdAt = Date.now()) {
      checkBucketName(name);
      if (buckets.has(name)) return;
      buckets.set(name, { createdAt, records: createRecords(), bodies: new Map() });
    },
    async write(name, key, body, facts: WriteOptions) {
      const { records, bodies } = getBucket(buckets, name);
      const record = recordOf(key, body, facts);
      records.set(record);
      bodies.set(key, body);
      return record;
    },
    async read(name, key) {
      const { records, bodies } = getBucket(buckets, name);
      const record = records.get(key);
      const body = bodies.get(key);
      return record === undefined || body === undefined ? undefined : { record, body };
    },
    stat: async (name, key) => getBucket(buckets, name).records.get(key),
    async remove(name, key) {
      const { records, bodies } = getBucket(buckets, name);
      records.delete(key);
      bodies.delete(key);
    },
    list: async (name, prefix) => getBucket(buckets, name).records.withPrefix(prefix),
  };
}
