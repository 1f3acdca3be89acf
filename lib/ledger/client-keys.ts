import * as z from 'zod';
import { sha256hex } from './digest.ts';
import { readCache } from './json.ts';
import { layout } from './layout.ts';
import type { Store } from './store.ts';

const KEY_VERSION = 1;

const keySchema = z.object({ version: z.literal(KEY_VERSION), policy: z.string() });

/** The key itself does not show. */
const placeOf = (clientKey: string): string => layout.clientKey(sha256hex(clientKey).slice(0, 32));

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
