import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { ServiceError } from '../../errors.ts';
import { listObjects, type ListOptions, type ObjectInfo } from './obs-list.ts';
import { putObject, type PutResult } from './obs-put.ts';
import { removeObjects } from './obs-remove.ts';
import { absent, brokenResponse, createObsRun, type ObsOptions } from './obs-run.ts';

/**
 * The object store. All calls throw ServiceError (bucket_missing, access_denied, credentials_refused,
 * clock_skew, throttled, service, unreachable, time_up) or credentials_missing; each is tried up to
 * three times, as repeating any of them does no harm.
 */
export type Obs = {
  /** Undefined when there is no such key. */
  get(
    bucket: string,
    key: string,
  ): Promise<{ body: string; etag: string; lastModified: number } | undefined>;
  /** The last `bytes` of an object, or all of a shorter one; undefined when there is no such key. */
  tail(bucket: string, key: string, bytes: number): Promise<Uint8Array | undefined>;
  /** With `ifNoneMatch`, writes only where there is nothing yet. */
  put(
    bucket: string,
    key: string,
    body: string,
    options?: { ifNoneMatch?: true },
  ): Promise<PutResult>;
  /** Undefined when there is no such key (or bucket: the service does not say which). */
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>;
  /** All pages in key order, at most `max` objects and prefixes together. */
  list(
    bucket: string,
    prefix: string,
    options?: ListOptions,
  ): Promise<{ objects: ObjectInfo[]; prefixes: string[] }>;
  /** Absent keys count as removed. */
  remove(bucket: string, keys: string[]): Promise<void>;
};

/** A client of OBS through its S3 interface. */
export function createObs(options: ObsOptions): Obs {
  const run = createObsRun(options);

  const head: Obs['head'] = (bucket, key) =>
    run('HeadObject', async (client) => {
      const answer = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      const { ETag, LastModified, ContentLength: size } = answer;
      if (!ETag || !LastModified || size === undefined) throw brokenResponse('HeadObject');
      return { key, size, etag: ETag.replaceAll('"', ''), lastModified: LastModified.getTime() };
    }).catch(absent);

  return {
    head,
    get: (bucket, key) =>
      run('GetObject', async (client) => {
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const { Body, ETag, LastModified } = answer;
        if (!Body || !ETag || !LastModified) throw brokenResponse('GetObject');
        return {
          body: await Body.transformToString('utf-8'),
          etag: ETag.replaceAll('"', ''),
          lastModified: LastModified.getTime(),
        };
      }).catch(absent),
    tail: (bucket, key, bytes) =>
      run('GetObject', async (client) => {
        const range = `bytes=-${bytes}`;
        const answer = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }),
        );
        if (!answer.Body || !answer.ETag) throw brokenResponse('GetObject');
        // A service that ignores the range answers with all of it.
        return (await answer.Body.transformToByteArray()).slice(-bytes);
      }).catch((error: unknown) => {
        // 416: an empty object has no last bytes.
        if (error instanceof ServiceError && error.status === 416) return new Uint8Array(0);
        return absent(error);
      }),
    put: (bucket, key, body, { ifNoneMatch = false } = {}) =>
      putObject(run, { bucket, key, body, ifNoneMatch }, async (...where) => {
        return (await head(...where))?.etag;
      }),
    list: (bucket, prefix, listOptions) => listObjects(run, bucket, prefix, listOptions),
    remove: (bucket, keys) => removeObjects(run, bucket, keys),
  };
}
