import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ServiceError } from '../../errors.ts';
import { incompleteResponse, type ObsCall } from './call.ts';

export type PutResult =
  | { outcome: 'written'; etag: string }
  /** The object exists; it was to be written only if absent. */
  | { outcome: 'exists' }
  /** The service does not support the condition. Nothing was written. */
  | { outcome: 'unsupported' };

type ObjectToPut = { bucket: string; key: string; body: string; ifNoneMatch: boolean };

/** Returns what a refused conditional PUT means; undefined for any other error. */
function conditionOutcome(error: unknown): 'exists' | 'unsupported' | undefined {
  if (!(error instanceof ServiceError)) return undefined;
  if (error.code === 'conflict') return 'exists';
  if (error.status === 501 || error.serviceCode === 'NotImplemented') return 'unsupported';
  return undefined;
}

/**
 * Writes an object, with Content-MD5. `etagOf` returns the ETag of a key: after a lost response a conditional retry may find
 * the object that the first attempt wrote. That counts as written.
 */
export async function putObject(
  call: ObsCall,
  object: ObjectToPut,
  etagOf: (bucket: string, key: string) => Promise<string | undefined>,
): Promise<PutResult> {
  const { bucket, key, body, ifNoneMatch } = object;
  const md5 = createHash('md5').update(body).digest();
  let mayBeWritten = false;
  try {
    return await call(
      'PutObject',
      async (client) => {
        const result = await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentLength: Buffer.byteLength(body),
            ContentType: key.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8',
            ContentMD5: md5.toString('base64'),
            ...(ifNoneMatch ? { IfNoneMatch: '*' } : {}),
          }),
        );
        if (!result.ETag) throw incompleteResponse('PutObject');
        return { outcome: 'written', etag: result.ETag.replaceAll('"', '') };
      },
      {
        onFailure: (error) => {
          mayBeWritten ||= error instanceof ServiceError && error.carriedOut === 'unknown';
        },
      },
    );
  } catch (error) {
    const outcome = ifNoneMatch ? conditionOutcome(error) : undefined;
    if (outcome === undefined) throw error;
    if (outcome === 'exists' && mayBeWritten) {
      const etag = await etagOf(bucket, key);
      if (etag === md5.toString('hex')) return { outcome: 'written', etag };
    }
    return { outcome };
  }
}
