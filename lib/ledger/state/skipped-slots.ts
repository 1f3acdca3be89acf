import * as z from 'zod';
import { ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

/** FunctionGraph delivers an event again for a day at most. */
const REMEMBERED_MS = 2 * 24 * 60 * 60_000;

const skippedSlots = ledgerObject({
  key: layout.skipped,
  version: 1,
  schema: z.object({
    policy: z.string(),
    /** By stamp, when it was notified that the slot was skipped (epoch ms). */
    slots: z.record(z.string(), z.number()),
  }),
});

/**
 * Returns a policy's slots that were skipped because of an overlap, with the time of the notification (epoch ms). A cache:
 * when it is lost, a repeated timer event may start the run after all.
 */
export async function readSkippedSlots(
  store: Pick<Store, 'get'>,
  policy: string,
): Promise<ReadonlyMap<string, number>> {
  const known = await skippedSlots.readCache(store, policy);
  return new Map(Object.entries(known?.slots ?? {}));
}

/** Records that a slot (its stamp) was notified as skipped at `now` (epoch ms). Drops slots whose events cannot come again. */
export async function recordSkippedSlot(
  store: Pick<Store, 'get' | 'put'>,
  policy: string,
  slot: string,
  now: number,
): Promise<void> {
  const known = await readSkippedSlots(store, policy);
  const recent = [...known].filter(([, notifiedAt]) => notifiedAt > now - REMEMBERED_MS);
  const slots = Object.fromEntries([...recent, [slot, known.get(slot) ?? now]]);
  await skippedSlots.put(store, { policy, slots }, policy);
}
