import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { ServiceError } from '../../errors.ts';
import { getObject, type StoredText } from './reading/get.ts';
import { listObjects, type ListOptions, type ObjectInfo } from './list.ts';
import { createPurge, type Purged } from './purge.ts';
import { putObject, type PutResult } from './put.ts';
import { getRange, type Part, type PartBytes } from './reading/range.ts';
import { restoreObject, thawFields, type ThawOrder } from './reading/restore-object.ts';
import { type RefusedDelete, removeObjects } from './remove.ts';
import { absentAsUndefined, createObsCall, incompleteResponse, type ObsOptions } from './call.ts';

/**
 * The object store. All calls throw ServiceError (bucket_missing, access_denied, credentials_refused, clock_skew, throttled,
 * service, unreachable, time_up) or credentials_missing. Each makes up to three attempts: all are safe to repeat.
 */
export type Obs = {
  /** Undefined when the key does not exist. */
  get(bucket: string, key: string): Promise<StoredText | undefined>;
  /** The last `bytes` of an object, or all of a shorter one; undefined when the key does not exist. */
  tail(bucket: string, key: string, bytes: number): Promise<Uint8Array | undefined>;
  /** A part of one version of an object. Throws `conflict` when its ETag is another, `not_found` when it does not exist. */
  range(bucket: string, key: string, part: Part): Promise<PartBytes>;
  /** With `ifNoneMatch`, writes only if the key does not exist. */
  put(
    bucket: string,
    key: string,
    body: string,
    options?: { ifNoneMatch?: true },
  ): Promise<PutResult>;
  /** Undefined when the key, or the bucket, does not exist: the service does not say which. */
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>;
  /** Asks for a cold object to become readable for some days. HEAD tells when it is. Repeating it changes nothing. */
  restoreObject(bucket: string, key: string, order: ThawOrder): Promise<void>;
  /** All pages in key order, at most `max` objects. */
  list(bucket: string, prefix: string, options?: ListOptions): Promise<{ objects: ObjectInfo[] }>;
  /** Absent keys count as deleted. Returns the keys that the bucket refused to delete. */
  remove(bucket: string, keys: string[]): Promise<RefusedDelete[]>;
  /** Deletes objects for good, by their versions where the bucket keeps versions. */
  purge(bucket: string, keys: string[]): Promise<Purged>;
};

/** Returns a client of OBS through its S3 interface. */
export function createObs(options: ObsOptions): Obs {
  const call = createObsCall(options);

  const head: Obs['head'] = (bucket, key) =>
    call('HeadObject', async (client) => {
      const result = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      const { ETag, LastModified, ContentLength: size, ObjectLockRetainUntilDate: lock } = result;
      if (!ETag || !LastModified || size === undefined) throw incompleteResponse('HeadObject');
      return {
        ...{ key, size, etag: ETag.replaceAll('"', ''), lastModified: LastModified.getTime() },
        ...thawFields(result),
        ...(lock === undefined ? {} : { lockedUntil: lock.getTime() }),
      };
    }).catch(absentAsUndefined);

  return {
    head,
    get: (bucket, key) => getObject(call, bucket, key),
    tail: (bucket, key, bytes) =>
      call('GetObject', async (client) => {
        const range = `bytes=-${bytes}`;
        const result = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }),
        );
        if (!result.Body || !result.ETag) throw incompleteResponse('GetObject');
        // A service that ignores the range returns the whole object.
        return (await result.Body.transformToByteArray()).slice(-bytes);
      }).catch((error: unknown) => {
        // 416: an empty object has no last bytes.
        if (error instanceof ServiceError && error.status === 416) return new Uint8Array(0);
        return absentAsUndefined(error);
      }),
    range: (bucket, key, part) => getRange(call, bucket, key, part),
    put: (bucket, key, body, { ifNoneMatch = false } = {}) =>
      putObject(call, { bucket, key, body, ifNoneMatch }, async (...where) => {
        return (await head(...where))?.etag;
      }),
    list: (bucket, prefix, listOptions) => listObjects(call, bucket, prefix, listOptions),
    remove: (bucket, keys) =>
      removeObjects(
        call,
        bucket,
        keys.map((key) => ({ key })),
      ),
    restoreObject: (bucket, key, order) => restoreObject(call, bucket, key, order),
    purge: createPurge(call),
  };
}
