import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { hasCode, ServiceError } from '../../errors.ts';
import { describe } from '../request/error-text.ts';
import { scrub } from '../request/redact.ts';
import { absentAsUndefined, incompleteResponse, type ObsCall } from './call.ts';
import type { ObsCode } from './errors.ts';

/** A key that the bucket refused to delete, and its code, such as `AccessDenied`. */
export type RefusedDelete = { key: string; code: string };

const KEYS_A_CALL = 1_000;
/** A call of so many keys takes longer than one of a single key. */
const DELETE_MANY_MS = 12_000;
/** The code of a key that the response does not mention. */
const UNMENTIONED: ObsCode = 'unknown';
/** Codes of a single key that may pass when it is tried again. */
const TRANSIENT = new Set<string>([
  ...['InternalError', 'ServiceUnavailable', 'SlowDown', 'RequestTimeout'],
  UNMENTIONED,
]);

/** An object, or one version of it, to delete. */
export type Target = { key: string; versionId?: string };

/** `markersStay`: an object that is only hidden by a delete marker counts as refused, with the code `delete_marker`. */
type RemoveOptions = { markersStay?: true };

/** The code of an object that is only hidden: its bucket keeps versions. */
const DELETE_MARKER: ObsCode = 'delete_marker';

/** Deletes objects; absent ones count as deleted. Returns the keys that the bucket refused to delete. */
export async function removeObjects(
  call: ObsCall,
  bucket: string,
  targets: Target[],
  options: RemoveOptions = {},
): Promise<RefusedDelete[]> {
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) {
    return whereRefused([only], () => removeOne(call, bucket, only, options));
  }
  const refused: RefusedDelete[] = [];
  for (let from = 0; from < targets.length; from += KEYS_A_CALL) {
    const some = targets.slice(from, from + KEYS_A_CALL);
    refused.push(...(await whereRefused(some, () => removeMany(call, bucket, some, options))));
  }
  return refused;
}

async function removeOne(
  call: ObsCall,
  bucket: string,
  { key, versionId }: Target,
  { markersStay }: RemoveOptions,
): Promise<RefusedDelete[]> {
  const result = await call('DeleteObject', (client) =>
    client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId })),
  ).catch(absentAsUndefined);
  const isHidden = markersStay === true && result?.DeleteMarker === true;
  return isHidden ? [{ key, code: DELETE_MARKER }] : [];
}

/** A call that is refused as a whole refuses each of its keys. */
async function whereRefused(
  targets: Target[],
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
    return targets.map(({ key }) => ({ key, code }));
  }
}

async function removeMany(
  call: ObsCall,
  bucket: string,
  targets: Target[],
  { markersStay }: RemoveOptions,
): Promise<RefusedDelete[]> {
  const hidden: RefusedDelete[] = [];
  let left = targets;
  let refused: RefusedDelete[] = [];
  const removing = call('DeleteObjects', async (client) => {
    const result = await client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: {
          Objects: left.map(({ key, versionId }) => ({ Key: key, VersionId: versionId })),
        },
        // OBS requires Content-MD5 here; this setting makes the SDK send it.
        ChecksumAlgorithm: 'MD5',
      }),
      { requestTimeout: DELETE_MANY_MS },
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
    const unmentioned = left.filter(({ key }) => !mentioned.has(key));
    refused = [...final, ...failed, ...unmentioned.map(({ key }) => ({ key, code: UNMENTIONED }))];
    for (const { Key, DeleteMarker } of deleted) {
      if (markersStay !== true || DeleteMarker !== true || Key === undefined) continue;
      hidden.push({ key: Key, code: DELETE_MARKER });
    }
    const again = new Set(refused.filter(isTransient).map(({ key }) => key));
    left = left.filter(({ key }) => again.has(key));
    if (left.length > 0) throw partlyRemoved(refused, targets.length);
  });
  await removing.catch((error: unknown) => {
    if (!(error instanceof PartlyRemoved)) throw error;
  });
  return [...refused, ...hidden];
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
