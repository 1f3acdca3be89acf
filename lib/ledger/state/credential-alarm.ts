import * as z from 'zod';
import { readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const ALARMS_VERSION = 1;

/** Since when (epoch ms) and over how many drives the credentials have been refused. */
const troubleSchema = z.object({
  version: z.literal(ALARMS_VERSION),
  ticks: z.number().int(),
  since: z.number(),
  alarmed: z.boolean(),
  /** Until then nothing is tried: five bad signatures in a row lock the key. */
  rest_until: z.number(),
});

export type CredentialsRefused = Omit<z.infer<typeof troubleSchema>, 'version'>;

export async function readCredentialsRefused(
  store: Pick<Store, 'get'>,
): Promise<CredentialsRefused | undefined> {
  return readCache(store, troubleSchema, ALARMS_VERSION, layout.alarms);
}

export async function writeCredentialsRefused(
  store: Pick<Store, 'put'>,
  trouble: CredentialsRefused,
): Promise<void> {
  await store.put(layout.alarms, JSON.stringify({ version: ALARMS_VERSION, ...trouble }));
}
