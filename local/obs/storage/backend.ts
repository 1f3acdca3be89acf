import type { Readable } from 'node:stream';
import { noSuchBucket, ObsError } from '../wire/error.ts';
import type { StorageClass } from '../classes/classes.ts';
import type { ByteRange, Payload } from './payload.ts';

export type ObjectRecord = {
  key: string;
  size: number;
  /** Hex MD5 of the body, without quotes. */
  etag: string;
  lastModified: number;
  contentType: string | undefined;
  metadata: Record<string, string>;
  /** Undefined for STANDARD. */
  storageClass?: StorageClass | undefined;
};

/** A store of objects: memory, a folder of files, or an S3 server. */
export type ObjectBackend = {
  hasBucket(bucket: string): Promise<boolean>;
  /** `createdAt`: real time in ms; now by default. */
  createBucket(bucket: string, createdAt?: number): Promise<void>;
  /** A payload then belongs to the backend. */
  write(
    bucket: string,
    key: string,
    body: Uint8Array | Payload,
    facts: { lastModified: number; contentType?: string; metadata?: Record<string, string> },
  ): Promise<ObjectRecord>;
  read(
    bucket: string,
    key: string,
  ): Promise<{ record: ObjectRecord; body: Uint8Array } | undefined>;
  /** The same for an object of any size; `choose` may ask for a part of it, or throw. */
  open(
    bucket: string,
    key: string,
    choose?: (record: ObjectRecord) => ByteRange | undefined,
  ): Promise<OpenObject | undefined>;
  stat(bucket: string, key: string): Promise<ObjectRecord | undefined>;
  remove(bucket: string, key: string): Promise<void>;
  /** Returns the records under a prefix, in UTF-8 byte order of the keys. */
  list(bucket: string, prefix: string): Promise<ObjectRecord[]>;
  /** A folder on the file system of the objects, for bodies that are being received. */
  drafts?: string;
};

type OpenObject = {
  record: ObjectRecord;
  range: ByteRange | undefined;
  body: Uint8Array | Readable;
};

/** A backend that can list its buckets, sorted by name. */
export type ListingBackend = ObjectBackend & { buckets(): { name: string; createdAt: number }[] };

/** `etag`: only for a multipart upload, whose ETag is not the MD5 of its bytes. */
export type WriteOptions = Parameters<ObjectBackend['write']>[3] & {
  etag?: string;
  storageClass?: StorageClass | undefined;
};

/** Returns the record of a new object. */
export function recordOf(key: string, body: Payload, facts: WriteOptions): ObjectRecord {
  const { storageClass = 'STANDARD' } = facts;
  return {
    key,
    size: body.size,
    etag: facts.etag ?? body.md5,
    lastModified: facts.lastModified,
    contentType: facts.contentType,
    metadata: facts.metadata ?? {},
    ...(storageClass === 'STANDARD' ? {} : { storageClass }),
  };
}

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const BUCKET_NAME = new RegExp(`^(?=.{3,63}$)(?!\\d+(?:\\.\\d+){3}$)${LABEL}(?:\\.${LABEL})*$`);

/**
 * True for 3 to 63 of `a-z0-9.-` with a letter or digit at both ends and on both sides of a dot, unless it looks like an IP
 * address (obs_04_0021).
 */
export function isBucketName(name: string): boolean {
  return BUCKET_NAME.test(name);
}

/** Throws InvalidBucketName. */
export function checkBucketName(name: string): void {
  if (!isBucketName(name)) {
    throw new ObsError(400, 'InvalidBucketName', 'The specified bucket name is invalid.');
  }
}

/** Returns the bucket's entry. Throws NoSuchBucket. */
export function getBucket<T>(buckets: ReadonlyMap<string, T>, name: string): T {
  const bucket = buckets.get(name);
  if (bucket === undefined) throw noSuchBucket();
  return bucket;
}
