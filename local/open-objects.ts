import { join } from 'node:path';
import { openObjectServer } from './object-server/open.ts';
import { folderBackend } from './obs/storage/folder-backend.ts';
import { memoryBackend } from './obs/storage/memory-backend.ts';
import type { LocalOptions } from './options.ts';
import type { KeySource } from './iam/auth/keys.ts';
import type { ObjectBackend } from './obs/storage/backend.ts';

export type Objects = {
  backend: ObjectBackend;
  /** With a server beside the cloud: its address, and where keys come from that it takes. */
  server?: { url: string; keySource: KeySource };
};

/** Where the command line says that objects lie. Throws when the server cannot be used. */
export async function openObjects(options: LocalOptions, bucket: string): Promise<Objects> {
  const { data, region, obs: url } = options;
  if (url === undefined) {
    return { backend: data === undefined ? memoryBackend() : folderBackend(join(data, 'obs')) };
  }
  const keys = {
    accessKey: options['obs-access-key'] ?? '',
    secretKey: options['obs-secret-key'] ?? '',
    securityToken: options['obs-security-token'],
    expiresAt: undefined,
  };
  const { backend, keySource } = await openObjectServer({ url, region, keys }, bucket);
  return { backend, server: { url, keySource } };
}
