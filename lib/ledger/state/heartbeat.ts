import * as z from 'zod';
import { readCache, readObject } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const HEARTBEAT_VERSION = 1;

/** A daily message that is due. Times in epoch ms. */
const dueSchema = z.object({
  version: z.literal(HEARTBEAT_VERSION),
  type: z.literal('heartbeat'),
  /** The time of the day that it is for, and the one before: it tells of what lies between. */
  slot: z.number(),
  since: z.number(),
  /** The calendar day of the slot, in the setting's zone: `20260102`. */
  date: z.string(),
  language: z.enum(['en', 'zh']),
  timezone: z.string(),
});

const toldSchema = z.object({ version: z.literal(HEARTBEAT_VERSION), slot: z.number() });

export type HeartbeatDue = Omit<z.infer<typeof dueSchema>, 'version' | 'type'>;

/** Has the next drive send the day's message. The same day gives the same object. */
export async function putHeartbeat(store: Pick<Store, 'put'>, due: HeartbeatDue): Promise<void> {
  const hint = { version: HEARTBEAT_VERSION, type: 'heartbeat', ...due };
  await store.put(layout.hint(`heartbeat-${due.date}`), JSON.stringify(hint));
}

export const isHeartbeatHint = (id: string): boolean => id.startsWith('heartbeat-');

/** Throws `object_newer` and `object_invalid`; undefined when the hint is gone. */
export async function readHeartbeat(
  store: Pick<Store, 'get'>,
  id: string,
): Promise<HeartbeatDue | undefined> {
  return readObject(store, dueSchema, HEARTBEAT_VERSION, layout.hint(id));
}

/** The slot (epoch ms) of the last message that was sent. A cache: when it is lost, the day's message is sent again. */
export async function readNotifiedHeartbeat(
  store: Pick<Store, 'get'>,
): Promise<number | undefined> {
  return (await readCache(store, toldSchema, HEARTBEAT_VERSION, layout.heartbeat))?.slot;
}

export async function writeNotifiedHeartbeat(
  store: Pick<Store, 'put'>,
  slot: number,
): Promise<void> {
  await store.put(layout.heartbeat, JSON.stringify({ version: HEARTBEAT_VERSION, slot }));
}
