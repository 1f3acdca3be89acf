import { createHash } from 'node:crypto';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { absentAsUndefined, incompleteResponse, type ObsCall } from '../call.ts';

/** An object as text. `etag` without quotes, `lastModified` in epoch ms by the service's clock. */
export type StoredText = { body: string; etag: string; lastModified: number };

/**
 * Returns an object as text; undefined when the key does not exist. A body that its ETag does not confirm counts only when a
 * second response has the same: the ETag is the MD5 of the content, unless the object was encrypted or uploaded in parts.
 */
export function getObject(
  call: ObsCall,
  bucket: string,
  key: string,
): Promise<StoredText | undefined> {
  let before: string | undefined;
  return call('GetObject', async (client) => {
    const result = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const { Body, ETag, LastModified, ServerSideEncryption } = result;
    if (!Body || !ETag || !LastModified) throw incompleteResponse('GetObject');
    const bytes = await Body.transformToByteArray();
    const etag = ETag.replaceAll('"', '');
    const md5 = createHash('md5').update(bytes).digest('hex');
    const isDigest = /^[0-9a-f]{32}$/.test(etag) && ServerSideEncryption === undefined;
    if (isDigest && md5 !== etag && md5 !== before) {
      before = md5;
      throw incompleteResponse('GetObject');
    }
    const body = Buffer.from(bytes).toString('utf8');
    return { body, etag, lastModified: LastModified.getTime() };
  }).catch(absentAsUndefined);
}
