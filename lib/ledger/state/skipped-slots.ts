import * as z from 'zod';
import { readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const SKIPPED_VERSION = 1;
/** FunctionGraph delivers an event again for a day at most. */
const REMEMBERED_MS = 2 * 24 * 60 * 60_000;

const skippedSchema = z.object({
  version: z.literal(SKIPPED_VERSION),
  policy: z.string(),
  /** By stamp, when it was told that the slot did not run (epoch ms). */
  slots: z.record(z.string(), z.number()),
});

/** A policy's slots that were skipped for overlap and told so. A cache: when it is lost, an event that comes again may start its run after all. */
export async function readSkipped(
  store: Pick<Store, 'get'>,
  policy: string,
): Promise<ReadonlyMap<string, number>> {
  const known = await readCache(store, skippedSchema, SKIPPED_VERSION, layout.skipped(policy));
  return new Map(Object.entries(known?.slots ?? {}));
}

/** Notes that a slot (its stamp) was told as skipped, and forgets those of which no event can come any more. `now` in epoch ms. */
export async function noteSkipped(
  store: Pick<Store, 'get' | 'put'>,
  policy: string,
  slot: string,
  now: number,
): Promise<void> {
  const known = await readSkipped(store, policy);
  const recent = [...known].filter(([, toldAt]) => toldAt > now - REMEMBERED_MS);
  const slots = Object.fromEntries([...recent, [slot, known.get(slot) ?? now]]);
  await store.put(
    layout.skipped(policy),
    JSON.stringify({ version: SKIPPED_VERSION, policy, slots }),
  );
}
