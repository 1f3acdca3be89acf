import {
  bucketIn,
  checkBucketName,
  type ListingBackend,
  recordOf,
  type WriteFacts,
} from './backend.ts';
import { createRecords, type Records } from './records.ts';

type Bucket = { records: Records; bodies: Map<string, Uint8Array> };

/** Objects in memory. Bodies are kept as given, not copied. Unknown buckets throw NoSuchBucket. */
export function memoryBackend(): ListingBackend {
  const buckets = new Map<string, Bucket>();
  return {
    hasBucket: async (name) => buckets.has(name),
    buckets: () => [...buckets.keys()].sort(),
    async createBucket(name) {
      checkBucketName(name);
      if (!buckets.has(name)) buckets.set(name, { records: createRecords(), bodies: new Map() });
    },
    async write(name, key, body, facts: WriteFacts) {
      const { records, bodies } = bucketIn(buckets, name);
      const record = recordOf(key, body, facts);
      records.set(record);
      bodies.set(key, body);
      return record;
    },
    async read(name, key) {
      const { records, bodies } = bucketIn(buckets, name);
      const record = records.get(key);
      const body = bodies.get(key);
      return record === undefined || body === undefined ? undefined : { record, body };
    },
    stat: async (name, key) => bucketIn(buckets, name).records.get(key),
    async remove(name, key) {
      const { records, bodies } = bucketIn(buckets, name);
      records.delete(key);
      bodies.delete(key);
    },
    list: async (name, prefix) => bucketIn(buckets, name).records.under(prefix),
  };
}
