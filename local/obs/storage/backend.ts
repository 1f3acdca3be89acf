import { createHash } from 'node:crypto';
import { noSuchBucket, ObsError } from '../wire/error.ts';

/** Where object bytes lie: memory under test, a folder of real files for `npm start`, or a server. */
export type ObjectRecord = {
  key: string;
  size: number;
  /** Hex MD5 of the body, without quotes. */
  etag: string;
  lastModified: number;
  contentType: string | undefined;
  metadata: Record<string, string>;
};

export type ObjectBackend = {
  hasBucket(bucket: string): Promise<boolean>;
  createBucket(bucket: string): Promise<void>;
  write(
    bucket: string,
    key: string,
    body: Uint8Array,
    facts: { lastModified: number; contentType?: string; metadata?: Record<string, string> },
  ): Promise<ObjectRecord>;
  read(
    bucket: string,
    key: string,
  ): Promise<{ record: ObjectRecord; body: Uint8Array } | undefined>;
  stat(bucket: string, key: string): Promise<ObjectRecord | undefined>;
  remove(bucket: string, key: string): Promise<void>;
  /** All records of a bucket whose key starts with `prefix`, in UTF-8 byte order of the key. */
  list(bucket: string, prefix: string): Promise<ObjectRecord[]>;
};

/** A backend that can also name its buckets, in order, for ListBuckets. */
export type ListingBackend = ObjectBackend & { buckets(): string[] };

/** `etag`: for a body put together of parts, whose ETag is not its MD5. */
export type WriteFacts = Parameters<ObjectBackend['write']>[3] & { etag?: string };

/** The record of a body about to be stored. */
export function recordOf(key: string, body: Uint8Array, facts: WriteFacts): ObjectRecord {
  return {
    key,
    size: body.byteLength,
    etag: facts.etag ?? createHash('md5').update(body).digest('hex'),
    lastModified: facts.lastModified,
    contentType: facts.contentType,
    metadata: facts.metadata ?? {},
  };
}

/** 3 to 63 of `a-z0-9.-`, a letter or digit at both ends, no two dots together. */
export function isBucketName(name: string): boolean {
  return /^(?=.{3,63}$)[a-z0-9](?:[a-z0-9-]|\.(?!\.))*[a-z0-9]$/.test(name);
}

/** Throws InvalidBucketName for a name that no bucket may have. */
export function checkBucketName(name: string): void {
  if (!isBucketName(name)) {
    throw new ObsError(400, 'InvalidBucketName', 'The specified bucket name is invalid.');
  }
}

/** The bucket's entry; throws NoSuchBucket. */
export function bucketIn<T>(buckets: ReadonlyMap<string, T>, name: string): T {
  const bucket = buckets.get(name);
  if (bucket === undefined) throw noSuchBucket();
  return bucket;
}
