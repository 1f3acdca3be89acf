import * as z from 'zod';
import { type WriterEnds, writerEndsSchema } from '../run/log/log-ends.ts';
import { layout } from '../store/layout.ts';
import { ledgerObject, wholeKey } from '../store/ledger-object.ts';
import { asUnreadable, invalidObject, type ObjectError } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';

export const leaseSchema = z.object({
  epoch: z.number().int(),
  holder: z.string(),
  /** Epoch ms; 0 once it is released. */
  expires_at: z.number(),
  conditional: z.enum(['honoured', 'ignored', 'refused']).optional(),
  /** What LIST may not show yet of the logs: of earlier drives, and once it is released of this one. */
  log: z.array(writerEndsSchema).optional().catch(undefined),
});

export const leaseObject = ledgerObject({ key: wholeKey, version: 1, schema: leaseSchema });

export type StoredLease = z.infer<typeof leaseSchema>;

/** A lease as it was found. `error`: why nothing but its key is known. */
export type FoundLease = StoredLease & { error?: ObjectError };

/** Returns the holder of a lease and when it ends (epoch ms); undefined for a lease that is gone or unreadable. */
export async function readLease(
  store: Pick<Store, 'get'>,
  key: string,
): Promise<{ holder: string; expires_at: number } | undefined> {
  return leaseObject.readCache(store, key);
}

/** Returns the name under which the holder of a lease writes: no other drive has it. */
export function writerOf({ epoch, holder }: Pick<StoredLease, 'epoch' | 'holder'>): string {
  return `${String(epoch).padStart(10, '0')}-${holder}`;
}

/** Returns what the drives up to this lease have left word of. A holder that did not release it may have written more. */
export function logEndsOf(lease: StoredLease | undefined, now: number): WriterEnds[] {
  const { holder = '', expires_at = 0, log = [] } = lease ?? {};
  if (lease === undefined || holder === '' || expires_at === 0) return log;
  const writer = writerOf(lease);
  const own = log.find((ends) => ends.writer === writer) ?? { writer, ends: {} };
  return [...log.filter((ends) => ends !== own), { ...own, at: now, unsure: true }];
}

/**
 * Returns the lease of an epoch; undefined when it is absent. An unreadable one, without a holder, holds for as long as a good
 * one that was written at `writtenAt` (epoch ms).
 */
export async function readEpoch(
  store: Pick<Store, 'get'>,
  epoch: number,
  { writtenAt, ttlMs }: { writtenAt: number; ttlMs: number },
): Promise<FoundLease | undefined> {
  const key = layout.lease(epoch);
  const unknown = { epoch, holder: '', expires_at: writtenAt + ttlMs };
  try {
    const lease = await leaseObject.read(store, key);
    if (lease === undefined || lease.epoch === epoch) return lease;
    return { ...unknown, error: invalidObject(key, 'is the lease of another epoch') };
  } catch (thrown) {
    return { ...unknown, error: asUnreadable(key, thrown) };
  }
}
