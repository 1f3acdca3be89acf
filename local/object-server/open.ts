import type { KeySource } from '../iam/auth/keys.ts';
import type { ObjectBackend } from '../obs/storage/backend.ts';
import { serverBackend } from './backend.ts';
import { type ObjectServer, statusOf } from './client.ts';
import { getSessionKeys } from './session-keys.ts';

/**
 * Makes sure of the bucket on the server. `keySource` gives session keys where the server has an STS that gives them to
 * these keys, else the keys themselves. Throws one Error that says what is wrong.
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
    const what = status === undefined ? `cannot be reached (${message})` : refusal(status, name);
    throw new Error(`The object server ${server.url} ${what}`, { cause });
  }
  // Keys with a token of their own are temporary already: STS gives none for them.
  const ask: KeySource = async (lifetimeMs) => {
    const isTemporary = server.keys.securityToken !== undefined;
    const found = isTemporary ? undefined : await getSessionKeys(server, bucket, lifetimeMs);
    return found ?? server.keys;
  };
  return { backend, keySource: ask };

  function refusal(status: number, name: string): string {
    const why = status === 403 ? ': the keys are wrong, or the bucket is somebody else’s' : '';
    return `refused the bucket ${bucket} (HTTP ${status}, ${name})${why}`;
  }
}
