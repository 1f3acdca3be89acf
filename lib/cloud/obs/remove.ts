import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { ServiceError } from '../../errors.ts';
import { describe } from '../request/error-text.ts';
import { absentAsUndefined, incompleteResponse, type ObsCall } from './call.ts';
import { scrub } from '../request/redact.ts';

const KEYS_A_CALL = 1_000;

function partlyRemoved(failed: { Code?: string | undefined }[], total: number): ServiceError {
  const name = { service: 'obs', operation: 'DeleteObjects' };
  const code = scrub(failed[0]?.Code ?? '', 60) || undefined;
  const denied = code === 'AccessDenied';
  return new ServiceError(
    denied ? 'access_denied' : 'service',
    describe(name, { code, message: `${failed.length} of ${total} keys were not deleted` }),
    { ...name, status: 200, serviceCode: code, carriedOut: 'unknown' },
    { retryable: !denied },
  );
}

async function removeMany(call: ObsCall, bucket: string, keys: string[]): Promise<void> {
  await call('DeleteObjects', async (client) => {
    const result = await client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: keys.map((key) => ({ Key: key })) },
        // OBS requires Content-MD5 here; this setting makes the SDK send it.
        ChecksumAlgorithm: 'MD5',
      }),
    );
    const errors = result.Errors ?? [];
    const failed = errors.filter(({ Code }) => Code !== 'NoSuchKey');
    if (failed.length > 0) throw partlyRemoved(failed, keys.length);
    if ((result.Deleted?.length ?? 0) + errors.length === 0)
      throw incompleteResponse('DeleteObjects');
  });
}

/** Deletes keys; absent ones count as deleted. Throws one ServiceError when some could not be deleted. */
export async function removeObjects(call: ObsCall, bucket: string, keys: string[]): Promise<void> {
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    await call('DeleteObject', (client) =>
      client.send(new DeleteObjectCommand({ Bucket: bucket, Key: only })),
    ).catch(absentAsUndefined);
    return;
  }
  for (let from = 0; from < keys.length; from += KEYS_A_CALL) {
    await removeMany(call, bucket, keys.slice(from, from + KEYS_A_CALL));
  }
}
