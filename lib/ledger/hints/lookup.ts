import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import { throwIfListed } from '../store/object-error.ts';
import { idSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

/** The most ids of a kind in one hint. */
export const MAX_IDS_PER_HINT = 1000;

const ids = z.array(idSchema).max(MAX_IDS_PER_HINT);

const lookupHint = ledgerObject({
  key: layout.hint,
  type: 'lookup',
  version: 1,
  schema: z.object({
    /** created, reset: from a trace. requested: a message names the ids. discovered: a sweep found phones without an event. */
    change: z.enum(['created', 'reset', 'requested', 'discovered']),
    /** The time in the trace (epoch ms). */
    at: z.number().optional(),
    phones: ids,
    servers: ids,
    /** Ids that may be a phone's, a server's or an order's. */
    others: ids,
    /** Only this policy backs up the phones. */
    policy: z.string().optional(),
  }),
});

/** Phones, servers and orders to look up at CPH. The content does not depend on when or how often the event came. */
export type Lookup = ContentOf<typeof lookupHint>;
export type NamedLookup = { id: string; lookup: Lookup };

export function isLookupHint(id: string): boolean {
  return /^(?:trace|message|discovered)-/.test(id);
}

/** Writes a hint unless it exists: its age counts from the first delivery of the event. */
export async function putLookup(
  store: Pick<Store, 'create'>,
  { id, lookup }: NamedLookup,
): Promise<void> {
  await lookupHint.create(store, lookup, id);
}

/** Returns a hint and when it was written (epoch ms); undefined when it is gone. Throws ObjectError. */
export async function readLookup(
  store: Pick<Store, 'get' | 'list'>,
  id: string,
): Promise<{ lookup: Lookup; writtenAt: number } | undefined> {
  const stored =
    (await lookupHint.readStored(store, id)) ?? (await throwIfListed(store, layout.hint(id)));
  return stored && { lookup: stored.content, writtenAt: stored.lastModified };
}
