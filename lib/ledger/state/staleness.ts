import * as z from 'zod';
import { readCache, readObject } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const STALENESS_VERSION = 1;

const languages = z.enum(['en', 'zh']);

/** A policy whose last completed run is too long ago. Times in epoch ms. */
const staleSchema = z.object({
  version: z.literal(STALENESS_VERSION),
  type: z.literal('stale'),
  policy: z.string(),
  /** When its last completed run settled, or from when its slots count, whichever is later. */
  since: z.number(),
  language: languages.optional(),
});

const recoveredSchema = z.object({
  version: z.literal(STALENESS_VERSION),
  type: z.literal('recovered'),
  policy: z.string(),
  /** Of the staleness that is over. */
  since: z.number(),
  run_id: z.string(),
  language: languages.optional(),
});

/** What was told of a stale policy. Written before the message goes out, and again, with the time, after it. */
const toldSchema = z.object({
  version: z.literal(STALENESS_VERSION),
  policy: z.string(),
  since: z.number(),
  told_at: z.number().optional(),
});

export type Stale = Omit<z.infer<typeof staleSchema>, 'version' | 'type'>;
export type Recovered = Omit<z.infer<typeof recoveredSchema>, 'version' | 'type'>;
export type NotifiedStale = Omit<z.infer<typeof toldSchema>, 'version'>;

/** Has the next drive tell that a policy is stale. The same news gives the same object. */
export async function putStale(store: Pick<Store, 'put'>, stale: Stale): Promise<void> {
  const hint = { version: STALENESS_VERSION, type: 'stale', ...stale };
  await store.put(layout.hint(`stale-${stale.policy}-${stale.since}`), JSON.stringify(hint));
}

export async function putRecovered(
  store: Pick<Store, 'put'>,
  notification: Recovered,
): Promise<void> {
  const hint = { version: STALENESS_VERSION, type: 'recovered', ...notification };
  await store.put(
    layout.hint(`recovered-${notification.policy}-${notification.since}`),
    JSON.stringify(hint),
  );
}

export const isStaleHint = (id: string): boolean => id.startsWith('stale-');
export const isRecoveredHint = (id: string): boolean => id.startsWith('recovered-');

/** Throws `object_newer` and `object_invalid`, as does `readRecovered`; undefined when the hint is gone. */
export async function readStale(store: Pick<Store, 'get'>, id: string): Promise<Stale | undefined> {
  return readObject(store, staleSchema, STALENESS_VERSION, layout.hint(id));
}

export async function readRecovered(
  store: Pick<Store, 'get'>,
  id: string,
): Promise<Recovered | undefined> {
  return readObject(store, recoveredSchema, STALENESS_VERSION, layout.hint(id));
}

/** A cache: when it is lost, a policy that is still stale is told of again, and its recovery is not. */
export async function readNotifiedStale(
  store: Pick<Store, 'get'>,
  policy: string,
): Promise<NotifiedStale | undefined> {
  return readCache(store, toldSchema, STALENESS_VERSION, layout.stale(policy));
}

export async function writeNotifiedStale(
  store: Pick<Store, 'put'>,
  told: NotifiedStale,
): Promise<void> {
  const text = JSON.stringify({ version: STALENESS_VERSION, ...told });
  await store.put(layout.stale(told.policy), text);
}
