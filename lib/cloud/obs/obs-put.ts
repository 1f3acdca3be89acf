import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ServiceError } from '../../errors.ts';
import { brokenResponse, type ObsRun } from './obs-run.ts';

export type PutResult =
  | { outcome: 'written'; etag: string }
  /** Asked to write only if absent, and it is not. */
  | { outcome: 'exists' }
  /** This service does not know the condition: nothing was written. */
  | { outcome: 'unsupported' };

type ObjectToPut = { bucket: string; key: string; body: string; ifNoneMatch: boolean };

/** What a refused conditional write means; undefined when it is an error after all. */
function conditionOutcome(error: unknown): 'exists' | 'unsupported' | undefined {
  if (!(error instanceof ServiceError)) return undefined;
  if (error.code === 'conflict') return 'exists';
  if (error.status === 501 || error.serviceCode === 'NotImplemented') return 'unsupported';
  return undefined;
}

/**
 * Writes an object, with Content-MD5. `etagOf` reads back the ETag of a key: with a condition, a repeat
 * after a lost answer may find the object that the first try wrote, and that counts as written.
 */
export async function putObject(
  run: ObsRun,
  object: ObjectToPut,
  etagOf: (bucket: string, key: string) => Promise<string | undefined>,
): Promise<PutResult> {
  const { bucket, key, body, ifNoneMatch } = object;
  const md5 = createHash('md5').update(body).digest();
  let inDoubt = false;
  try {
    return await run(
      'PutObject',
      async (client) => {
        const answer = await client.send(
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
        if (!answer.ETag) throw brokenResponse('PutObject');
        return { outcome: 'written', etag: answer.ETag.replaceAll('"', '') };
      },
      (error) => {
        inDoubt ||= error instanceof ServiceError && error.carriedOut === 'unknown';
      },
    );
  } catch (error) {
    const outcome = ifNoneMatch ? conditionOutcome(error) : undefined;
    if (outcome === undefined) throw error;
    if (outcome === 'exists' && inDoubt) {
      const etag = await etagOf(bucket, key);
      if (etag === md5.toString('hex')) return { outcome: 'written', etag };
    }
    return { outcome };
  }
}
