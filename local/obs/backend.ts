import { createHash } from 'node:crypto';
import type { ObjectBackend, ObjectRecord } from '../types.ts';
import { noSuchBucket, ObsError } from './error.ts';

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
