import { join } from 'node:path';
import { openObjectServer } from './object-server/open.ts';
import { folderBackend } from './obs/storage/folder-backend.ts';
import { memoryBackend } from './obs/storage/memory-backend.ts';
import type { LocalOptions } from './options.ts';
import type { KeySource } from './iam/auth/keys.ts';
import type { ObjectBackend } from './obs/storage/backend.ts';

/** The store of the cloud's objects. */
export type Objects = {
  backend: ObjectBackend;
  /** With an external object server: its URL and the source of its temporary keys. */
  server?: { url: string; keySource: KeySource };
};

/** Opens the object store that the options name. Throws if the server cannot be used. */
export async function openObjects(options: LocalOptions, bucket: string): Promise<Objects> {
  const { data, region, obs: url } = options;
  if (url === undefined) {
    return { backend: data === undefined ? memoryBackend() : folderBackend(join(data, 'obs')) };
  }
  const keys = {
    accessKey: options['obs-access-key'] ?? '',
    secretKey: options.PHONEVAULT_LOCAL_OBS_SECRET_KEY ?? '',
    securityToken: options.PHONEVAULT_LOCAL_OBS_SECURITY_TOKEN,
    expiresAt: undefined,
  };
  const { backend, keySource } = await openObjectServer({ url, region, keys }, bucket);
  return { backend, server: { url, keySource } };
}
