import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import { idSchema } from '../store/part-of-key.ts';
import { MAX_OBJECT_BYTES } from '../store/parts/split.ts';
import type { Store } from '../store/store.ts';

const inFlightObject = ledgerObject({
  key: () => layout.inFlight,
  version: 1,
  schema: z.object({
    /** The epoch of the drive that wrote it: true only for the next one. */
    epoch: z.number().int(),
    /** The exports in flight, by run, each until when it counts (epoch ms). A run that is neither here nor unknown has none. */
    jobs: z.record(
      z.string(),
      z.array(z.object({ phone_id: idSchema, server_id: z.string(), until: z.number() })),
    ),
    /** Open runs that no drive has read since one was killed. */
    unknown: z.array(z.string()),
  }),
});

/** What the open runs export, as the last drive knew it. */
export type InFlight = ContentOf<typeof inFlightObject>;
/** An export that may still run. */
export type StoredJob = InFlight['jobs'][string][number];

/** Returns what the drive of this epoch left; undefined when the last word is of another one. A cache. */
export async function readInFlight(
  store: Pick<Store, 'get'>,
  epoch: number,
): Promise<InFlight | undefined> {
  const stored = await inFlightObject.readCache(store);
  return stored?.epoch === epoch ? stored : undefined;
}

/** Writes what the next drive has to know, unless that is too large: then that one reads all runs. */
export async function writeInFlight(store: Pick<Store, 'put'>, inFlight: InFlight): Promise<void> {
  const size = Buffer.byteLength(inFlightObject.text(inFlight));
  if (size <= MAX_OBJECT_BYTES) await inFlightObject.put(store, inFlight);
}
