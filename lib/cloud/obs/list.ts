import { type ListObjectsV2CommandOutput, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { incompleteResponse, type ObsCall } from './call.ts';

/** `etag` without quotes, `size` in bytes, `lastModified` in epoch ms by the service's clock. */
export type ObjectInfo = { key: string; size: number; etag: string; lastModified: number };

export type ListOptions = { startAfter?: string; delimiter?: '/'; max?: number };

const PAGE = 1_000;
/** Ten million keys: a listing that never ends must not be read forever. */
const MAX_PAGES = 10_000;

function objectsOf(page: ListObjectsV2CommandOutput): ObjectInfo[] {
  return (page.Contents ?? []).flatMap(({ Key, Size, ETag, LastModified }) => {
    if (Key === undefined || Size === undefined || LastModified === undefined) return [];
    const etag = (ETag ?? '').replaceAll('"', '');
    return [{ key: Key, size: Size, etag, lastModified: LastModified.getTime() }];
  });
}

/** Lists what is under a prefix, in key order, at most `max` objects and prefixes together. */
export async function listObjects(
  call: ObsCall,
  bucket: string,
  prefix: string,
  { startAfter, delimiter, max = Infinity }: ListOptions = {},
): Promise<{ objects: ObjectInfo[]; prefixes: string[] }> {
  const objects: ObjectInfo[] = [];
  const prefixes: string[] = [];
  let token: string | undefined;
  for (let pages = 1, more = max > 0; more; pages += 1) {
    const room = max - objects.length - prefixes.length;
    const page = await call('ListObjectsV2', async (client) => {
      const result = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          MaxKeys: Math.min(PAGE, room),
          Delimiter: delimiter,
          StartAfter: startAfter,
          ContinuationToken: token,
        }),
      );
      // A foreign response that happens to parse must not pass for an empty folder.
      const next = result.NextContinuationToken;
      const stuck = result.IsTruncated && (!next || next === token);
      const endless = result.IsTruncated && pages >= MAX_PAGES;
      if (result.Name === undefined || stuck || endless) throw incompleteResponse('ListObjectsV2');
      return result;
    });
    objects.push(...objectsOf(page));
    prefixes.push(...(page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []));
    token = page.NextContinuationToken;
    more = page.IsTruncated === true && objects.length + prefixes.length < max;
  }
  return { objects, prefixes };
}
