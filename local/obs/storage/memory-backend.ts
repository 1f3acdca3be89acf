import {
  getBucket,
  checkBucketName,
  type ListingBackend,
  recordOf,
  type WriteOptions,
} from './backend.ts';
import { allOf, type Payload, payloadOf } from './payload.ts';
import { createRecords, type Records } from './records.ts';

type Bucket = { createdAt: number; records: Records; bodies: Map<string, Payload> };

/** Keeps objects in memory without copying bodies, large ones as files. Throws NoSuchBucket for an unknown bucket. */
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
      const payload = payloadOf(body);
      const record = recordOf(key, payload, facts);
      const before = bodies.get(key);
      records.set(record);
      bodies.set(key, payload);
      await before?.discard();
      return record;
    },
    async read(name, key) {
      const { records, bodies } = getBucket(buckets, name);
      const record = records.get(key);
      const payload = bodies.get(key);
      if (record === undefined || payload === undefined) return undefined;
      return { record, body: await allOf(payload.read()) };
    },
    async open(name, key, choose = () => undefined) {
      const { records, bodies } = getBucket(buckets, name);
      const record = records.get(key);
      const payload = bodies.get(key);
      if (record === undefined || payload === undefined) return undefined;
      const range = choose(record);
      return { record, range, body: payload.read(range) };
    },
    stat: async (name, key) => getBucket(buckets, name).records.get(key),
    async remove(name, key) {
      const { records, bodies } = getBucket(buckets, name);
      const before = bodies.get(key);
      records.delete(key);
      bodies.delete(key);
      await before?.discard();
    },
    list: async (name, prefix) => getBucket(buckets, name).records.withPrefix(prefix),
  };
}
