import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { hasCode, ServiceError } from '../../errors.ts';
import { describe } from '../request/error-text.ts';
import { scrub } from '../request/redact.ts';
import { absentAsUndefined, incompleteResponse, type ObsCall } from './call.ts';

/** A key that the bucket refused to delete, and its code, such as `AccessDenied`. */
export type RefusedDelete = { key: string; code: string };

const KEYS_A_CALL = 1_000;
/** The code of a key that the response does not mention. */
const UNMENTIONED = 'unknown';
/** Codes of a single key that may pass when it is tried again. */
const TRANSIENT = new Set([
  ...['InternalError', 'ServiceUnavailable', 'SlowDown', 'RequestTimeout'],
  UNMENTIONED,
]);

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

/** A call that is refused as a whole refuses each of its keys. */
async function whereRefused(
  keys: string[],
  remove: () => Promise<RefusedDelete[]>,
): Promise<RefusedDelete[]> {
  try {
    return await remove();
  } catch (error) {
    const isDenied = hasCode(error, 'access_denied');
    // Such as 405 MethodNotAllowed: the same call will never work.
    const isRefused = hasCode(error, 'service') && !error.retryable;
    if (!isDenied && !isRefused) throw error;
    const { serviceCode, status } = error instanceof ServiceError ? error : {};
    // The SDK calls an error without a body "Unknown".
    const named = serviceCode === 'Unknown' ? undefined : serviceCode;
    const code = named ?? (isDenied ? 'AccessDenied' : String(status ?? 'service'));
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
    const { Errors: errors = [], Deleted: deleted = [] } = result;
    if (deleted.length + errors.length === 0) throw incompleteResponse('DeleteObjects');
    const mentioned = new Set([...deleted, ...errors].map(({ Key }) => Key));
    const failed = errors.flatMap(({ Key, Code }) => {
      if (Key === undefined || Code === 'NoSuchKey') return [];
      return [{ key: Key, code: scrub(Code ?? '', 60) || 'unknown' }];
    });
    const isTransient = ({ code }: RefusedDelete): boolean => TRANSIENT.has(code);
    const final = refused.filter((one) => !isTransient(one));
    const unmentioned = left.filter((key) => !mentioned.has(key));
    refused = [...final, ...failed, ...unmentioned.map((key) => ({ key, code: UNMENTIONED }))];
    left = refused.filter(isTransient).map(({ key }) => key);
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
