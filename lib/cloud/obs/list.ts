import { type ListObjectsV2CommandOutput, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ServiceError } from '../../errors.ts';
import { describe } from '../request/error-text.ts';
import { incompleteResponse, type ObsCall } from './call.ts';

/** `etag` without quotes, `size` in bytes, `lastModified` in epoch ms by the service's clock. */
export type ObjectInfo = {
  key: string;
  size: number;
  etag: string;
  lastModified: number;
  /** It lies in a storage class whose objects cannot be read before they are restored in OBS. LIST does not say whether that was done. */
  cold?: true;
  /** From HEAD: OBS is making it readable. */
  thawing?: true;
  /** From HEAD: until when a cold object stays readable (epoch ms). */
  readableUntil?: number;
  /** From HEAD: until when WORM protects the object (epoch ms). */
  lockedUntil?: number;
};

/** `page`: the most keys of one response, at most 1,000. */
export type ListOptions = { startAfter?: string; max?: number; page?: number };

/** The S3 interface has the first name, V2 lists of OBS also the others. */
const COLD: ReadonlySet<string> = new Set(['GLACIER', 'COLD', 'DEEP_ARCHIVE']);

export function isCold(storageClass: string | undefined): boolean {
  return COLD.has(storageClass ?? '');
}

const OPERATION = 'ListObjectsV2';
const PAGE = 1_000;
/** Ten million keys: a listing that never ends must not be read forever. */
const MAX_PAGES = 10_000;

function objectsOf(page: ListObjectsV2CommandOutput): ObjectInfo[] {
  return (page.Contents ?? []).flatMap(({ Key, Size, ETag, LastModified, StorageClass }) => {
    if (Key === undefined || Size === undefined || LastModified === undefined) return [];
    const etag = (ETag ?? '').replaceAll('"', '');
    const cold = isCold(StorageClass) ? { cold: true as const } : {};
    return [{ key: Key, size: Size, etag, lastModified: LastModified.getTime(), ...cold }];
  });
}

/**
 * Lists what is under a prefix, in key order, at most `max` objects. A page without a token for the next one continues
 * after its last key: OBS is reported to return such pages. Throws `service` when the next page begins again.
 */
export async function listObjects(
  call: ObsCall,
  bucket: string,
  prefix: string,
  { startAfter, max = Infinity, page: pageSize = PAGE }: ListOptions = {},
): Promise<{ objects: ObjectInfo[] }> {
  const objects: ObjectInfo[] = [];
  let last = startAfter;
  let token: string | undefined;
  for (let pages = 1, more = max > 0; more; pages += 1) {
    const room = max - objects.length;
    const page = await call(OPERATION, async (client) => {
      const result = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          MaxKeys: Math.min(pageSize, room),
          Prefix: prefix,
          ContinuationToken: token,
          StartAfter: token === undefined ? last : undefined,
        }),
      );
      // A foreign response that happens to parse must not pass for an empty folder.
      const stuck = nextTokenOf(result, token) === undefined && lastKeyOf(result) === undefined;
      const isIncomplete = result.IsTruncated === true && (stuck || pages >= MAX_PAGES);
      if (result.Name === undefined || isIncomplete) throw incompleteResponse(OPERATION);
      return result;
    });
    const first = page.Contents?.[0]?.Key;
    if (first !== undefined && last !== undefined && !isAfter(first, last)) throw repeatedPage();
    objects.push(...objectsOf(page));
    last = lastKeyOf(page) ?? last;
    token = nextTokenOf(page, token);
    more = page.IsTruncated === true && objects.length < max;
  }
  return { objects };
}

const lastKeyOf = ({ Contents }: ListObjectsV2CommandOutput): string | undefined =>
  Contents?.at(-1)?.Key;

/** Returns the token for the next page; undefined when it is missing or the same as for this page. */
function nextTokenOf(
  { NextContinuationToken: next }: ListObjectsV2CommandOutput,
  token: string | undefined,
): string | undefined {
  return next === '' || next === token ? undefined : next;
}

/** Keys are ordered by their UTF-8 bytes. */
const isAfter = (key: string, other: string): boolean =>
  Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;

function repeatedPage(): ServiceError {
  const name = { service: 'obs', operation: OPERATION };
  return new ServiceError(
    'service',
    describe(name, { message: 'the next page of the list begins again' }),
    { ...name, carriedOut: 'no' },
    { hint: 'use a bucket whose service supports ListObjectsV2 with start-after' },
  );
}
