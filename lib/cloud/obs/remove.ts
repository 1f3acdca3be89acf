import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { hasCode, ServiceError } from '../../errors.ts';
import { describe } from '../request/error-text.ts';
import { scrub } from '../request/redact.ts';
import { absentAsUndefined, incompleteResponse, type ObsCall } from './call.ts';

/** A key that the bucket refused to delete, and its code, such as `AccessDenied`. */
export type RefusedDelete = { key: string; code: string };

const KEYS_A_CALL = 1_000;
/** Codes of a single key that may pass when it is tried again. */
const TRANSIENT = new Set(['InternalError', 'ServiceUnavailable', 'SlowDown', 'RequestTimeout']);

/** Deletes keys; absent ones count as deleted. Returns the keys that the bucket refused to delete. */
export async function removeObjects(
  call: ObsCall,
  bucket: string,
  keys: string[],
): Promise<RefusedDelete[]> {
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    return whereRefused([only], async () => {
      await call('DeleteObject', (client) =>
        client.send(new DeleteObjectCommand({ Bucket: bucket, Key: only })),
      ).catch(absentAsUndefined);
      return [];
    });
  }
  const refused: RefusedDelete[] = [];
  for (let from = 0; from < keys.length; from += KEYS_A_CALL) {
    const some = keys.slice(from, from + KEYS_A_CALL);
    refused.push(...(await whereRefused(some, () => removeMany(call, bucket, some))));
  }
  return refused;
}

/** A call that is denied as a whole refuses each of its keys. */
async function whereRefused(
  keys: string[],
  remove: () => Promise<RefusedDelete[]>,
): Promise<RefusedDelete[]> {
  try {
    return await remove();
  } catch (error) {
    if (!hasCode(error, 'access_denied')) throw error;
    const code = (error instanceof ServiceError ? error.serviceCode : undefined) ?? 'AccessDenied';
    return keys.map((key) => ({ key, code }));
  }
}

async function removeMany(call: ObsCall, bucket: string, keys: string[]): Promise<RefusedDelete[]> {
  let left = keys;
  let refused: RefusedDelete[] = [];
  const removing = call('DeleteObjects', async (client) => {
    const result = await client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: left.map((key) => ({ Key: key })) },
        // OBS requires Content-MD5 here; this setting makes the SDK send it.
        ChecksumAlgorithm: 'MD5',
      }),
    );
    const errors = result.Errors ?? [];
    if ((result.Deleted?.length ?? 0) + errors.length === 0)
      throw incompleteResponse('DeleteObjects');
    const failed = errors.flatMap(({ Key, Code }) => {
      if (Key === undefined || Code === 'NoSuchKey') return [];
      return [{ key: Key, code: scrub(Code ?? '', 60) || 'unknown' }];
    });
    const isTransient = ({ code }: RefusedDelete): boolean => TRANSIENT.has(code);
    const final = refused.filter((one) => !isTransient(one));
    refused = [...final, ...failed];
    left = failed.filter(isTransient).map(({ key }) => key);
    if (left.length > 0) throw partlyRemoved(refused, keys.length);
  });
  await removing.catch((error: unknown) => {
    if (!(error instanceof PartlyRemoved)) throw error;
  });
  return refused;
}

/** Some keys are left, and may be deleted by another attempt. */
class PartlyRemoved extends ServiceError {}

function partlyRemoved(refused: RefusedDelete[], total: number): PartlyRemoved {
  const name = { service: 'obs', operation: 'DeleteObjects' };
  const message = `${refused.length} of ${total} keys were not deleted`;
  const code = refused.at(-1)?.code;
  return new PartlyRemoved(
    'service',
    describe(name, { code, message }),
    { ...name, status: 200, serviceCode: code, carriedOut: 'unknown' },
    { retryable: true },
  );
}
