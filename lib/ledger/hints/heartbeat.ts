import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const heartbeatHint = ledgerObject({
  key: layout.hint,
  type: 'heartbeat',
  version: 1,
  schema: z.object({
    /** The message covers the time between these two (epoch ms). */
    since: z.number(),
    slot: z.number(),
    /** The calendar day of the slot, in the setting's zone: `20260102`. */
    date: z.string(),
    language: z.enum(['en', 'zh']),
    timezone: z.string(),
  }),
});

/** A daily message that is due. */
export type HeartbeatDue = ContentOf<typeof heartbeatHint>;

export const isHeartbeatHint = (id: string): boolean => id.startsWith('heartbeat-');

/** Asks the next drive to send the message of a day. The same day writes the same object. */
export async function putHeartbeat(store: Pick<Store, 'put'>, due: HeartbeatDue): Promise<void> {
  await heartbeatHint.put(store, due, `heartbeat-${due.date}`);
}

/** Returns the hint with this id; undefined when it is gone. Throws `object_newer` and `object_invalid`. */
export const readHeartbeat = heartbeatHint.readListed;
