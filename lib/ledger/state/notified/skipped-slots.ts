import * as z from 'zod';
import { ledgerObject } from '../../store/ledger-object.ts';
import { layout } from '../../store/layout.ts';
import type { Store } from '../../store/store.ts';

/** Twice as long as FunctionGraph redelivers an event. */
const KEPT_MS = 2 * 24 * 60 * 60_000;
/** A slot each minute for two days, and more. */
const MAX_SLOTS = 5_000;

const skippedSlots = ledgerObject({
  key: layout.skipped,
  version: 1,
  schema: z.object({
    policy: z.string(),
    /** When each skipped slot was notified (epoch ms), by stamp. */
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

/** Records that a slot (its stamp) was notified as skipped at `now` (epoch ms). Drops slots older than two days. */
export async function recordSkippedSlot(
  store: Pick<Store, 'get' | 'put'>,
  policy: string,
  slot: string,
  now: number,
): Promise<void> {
  const known = await readSkippedSlots(store, policy);
  const recent = [...known]
    .filter(([, notifiedAt]) => notifiedAt > now - KEPT_MS)
    .slice(-MAX_SLOTS);
  const slots = Object.fromEntries([...recent, [slot, known.get(slot) ?? now]]);
  await skippedSlots.put(store, { policy, slots }, policy);
}
