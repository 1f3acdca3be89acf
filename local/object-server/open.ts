import type { KeySource } from '../iam/auth/keys.ts';
import type { ObjectBackend } from '../obs/storage/backend.ts';
import { serverBackend } from './backend.ts';
import { type ObjectServer, statusOf } from './client.ts';
import { getSessionKeys } from './session-keys.ts';

/**
 * Connects to an object server and creates the bucket if needed. `keySource` returns session keys from the server's STS, or
 * the given keys if it issues none. Throws an Error that says what is wrong.
 */
export async function openObjectServer(
  server: ObjectServer,
  bucket: string,
): Promise<{ backend: ObjectBackend; keySource: KeySource }> {
  const backend = serverBackend(server);
  try {
    if (!(await backend.hasBucket(bucket))) await backend.createBucket(bucket);
  } catch (cause) {
    const status = statusOf(cause);
    const { name, message } = cause as Error;
    const reason = status === undefined ? `cannot be reached (${message})` : refusal(status, name);
    throw new Error(`The object server ${server.url} ${reason}`, { cause });
  }
  // STS issues no session keys for keys that are temporary already.
  const keySource: KeySource = async (lifetimeMs) => {
    const isTemporary = server.keys.securityToken !== undefined;
    const sessionKeys = isTemporary ? undefined : await getSessionKeys(server, bucket, lifetimeMs);
    return sessionKeys ?? server.keys;
  };
  return { backend, keySource };

  function refusal(status: number, name: string): string {
    const why = status === 403 ? ': the keys are wrong, or another user owns the bucket' : '';
    return `refused the bucket ${bucket} (HTTP ${status}, ${name})${why}`;
  }
}
