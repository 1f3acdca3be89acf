import * as z from 'zod';
import { ledgerObject } from '../../store/ledger-object.ts';
import { layout } from '../../store/layout.ts';
import { ifCached } from '../../store/object-error.ts';
import { countFitting } from '../../store/parts/split.ts';
import type { Store } from '../../store/store.ts';

const MAX_ENTRIES = 500;
const MAX_CHARACTERS = 500;

const entrySchema = z.object({
  /** The run that it holds up. */
  run_id: z.string().optional(),
  policy: z.string().optional(),
  code: z.string(),
  /** What the service said, with its code and request id. */
  message: z.string(),
  hint: z.string().optional(),
  since: z.number(),
  /** Nothing is done before, because of it. */
  held_until: z.number().optional(),
  attempts: z.number().int(),
  tried_at: z.number(),
  /** Nothing is tried before. */
  retry_at: z.number(),
  notified_at: z.number().optional(),
  /** A hint that was handled, and only has to be deleted. */
  handled: z.literal(true).optional(),
});

const unreadableObjects = ledgerObject({
  key: () => layout.unreadable,
  version: 1,
  schema: z.object({ objects: z.record(z.string(), entrySchema) }),
});

/** An object of the ledger that cannot be read, or cannot be deleted. Times in epoch ms. */
export type Unreadable = z.infer<typeof entrySchema>;

/** `isLost`: the register itself cannot be read, so it does not say what was notified. */
export type Register = { objects: Map<string, Unreadable>; isLost: boolean };

/** Returns the objects that cannot be read, by key. A cache: when it is lost, each is tried again. */
export async function readRegister(store: Pick<Store, 'get'>): Promise<Register> {
  const objects = await ifCached(readUnreadableStrictly(store));
  return { objects: objects ?? new Map<string, Unreadable>(), isLost: objects === undefined };
}

/** Like `readRegister`, for readers that notify nobody. */
export async function readUnreadable(store: Pick<Store, 'get'>): Promise<Map<string, Unreadable>> {
  return (await readRegister(store)).objects;
}

/** Returns the objects that cannot be read, by key. Throws ObjectError. */
export async function readUnreadableStrictly(
  store: Pick<Store, 'get'>,
): Promise<Map<string, Unreadable>> {
  return new Map(Object.entries((await unreadableObjects.read(store))?.objects ?? {}));
}

/** Returns the object that a run is quarantined for, with its key; undefined when people were notified of none. */
export async function readQuarantine(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<(Unreadable & { key: string }) | undefined> {
  for (const [key, entry] of await readUnreadable(store)) {
    if (entry.run_id === runId && entry.notified_at !== undefined) return { ...entry, key };
  }
  return undefined;
}

/** Writes the objects that cannot be read: the newest 500 of them, or as many as fit. */
export async function writeUnreadable(
  store: Pick<Store, 'put'>,
  objects: ReadonlyMap<string, Unreadable>,
): Promise<void> {
  const newest = [...objects].sort(([, a], [, b]) => b.since - a.since);
  const clipped = newest.map(([key, entry]): [string, Unreadable] => [
    key,
    { ...entry, message: entry.message.slice(0, MAX_CHARACTERS) },
  ]);
  const stored = clipped.slice(0, countFitting(clipped, MAX_ENTRIES));
  await unreadableObjects.put(store, { objects: Object.fromEntries(stored) });
}
