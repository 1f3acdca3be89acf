import { createHash } from 'node:crypto';
import * as z from 'zod';
import { readCache } from './json.ts';
import type { Store } from './store.ts';

const KEY_VERSION = 1;

const keySchema = z.object({ version: z.literal(KEY_VERSION), policy: z.string() });

/** The key itself does not show. */
const placeOf = (clientKey: string): string =>
  `state/keys/${createHash('sha256').update(clientKey).digest('hex').slice(0, 32)}.json`;

/**
 * The policy that a client's key was used for. A run's id is made of policy and key, so that only this tells when a key
 * comes again with another policy.
 */
export async function policyOfKey(
  store: Pick<Store, 'get'>,
  clientKey: string,
): Promise<string | undefined> {
  return (await readCache(store, keySchema, KEY_VERSION, placeOf(clientKey)))?.policy;
}

export async function noteKey(
  store: Pick<Store, 'create'>,
  clientKey: string,
  policy: string,
): Promise<void> {
  await store.create(placeOf(clientKey), JSON.stringify({ version: KEY_VERSION, policy }));
}
