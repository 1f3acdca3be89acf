import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { ServiceError } from '../../errors.ts';
import { describe } from '../request/error-text.ts';
import { absent, brokenResponse, type ObsRun } from './obs-run.ts';
import { scrub } from '../request/redact.ts';

const KEYS_A_CALL = 1_000;

function partlyRemoved(failed: { Code?: string | undefined }[], asked: number): ServiceError {
  const name = { service: 'obs', operation: 'DeleteObjects' };
  const code = scrub(failed[0]?.Code ?? '', 60) || undefined;
  const denied = code === 'AccessDenied';
  return new ServiceError(
    denied ? 'access_denied' : 'service',
    describe(name, { code, message: `${failed.length} of ${asked} keys not removed` }),
    { ...name, status: 200, serviceCode: code, carriedOut: 'unknown' },
    { retryable: !denied },
  );
}

async function removeMany(run: ObsRun, bucket: string, keys: string[]): Promise<void> {
  await run('DeleteObjects', async (client) => {
    const answer = await client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: keys.map((key) => ({ Key: key })) },
        // OBS wants Content-MD5 here, which this setting makes the SDK send.
        ChecksumAlgorithm: 'MD5',
      }),
    );
    const errors = answer.Errors ?? [];
    const failed = errors.filter(({ Code }) => Code !== 'NoSuchKey');
    if (failed.length > 0) throw partlyRemoved(failed, keys.length);
    if ((answer.Deleted?.length ?? 0) + errors.length === 0) throw brokenResponse('DeleteObjects');
  });
}

/** Removes keys; absent ones count as removed. Throws one ServiceError when some stay. */
export async function removeObjects(run: ObsRun, bucket: string, keys: string[]): Promise<void> {
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    await run('DeleteObject', (client) =>
      client.send(new DeleteObjectCommand({ Bucket: bucket, Key: only })),
    ).catch(absent);
    return;
  }
  for (let from = 0; from < keys.length; from += KEYS_A_CALL) {
    await removeMany(run, bucket, keys.slice(from, from + KEYS_A_CALL));
  }
}
