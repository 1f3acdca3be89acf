import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import { idSchema } from '../store/part-of-key.ts';
import { countFitting } from '../store/parts/split.ts';
import type { Store } from '../store/store.ts';
import { candidateSchema } from './candidate.ts';

const MAX_PHONES = 2_000;
const MAX_TAG_BYTES = 384 * 1024;
const MAX_TAGS = 500;

const readingsObject = ledgerObject({
  key: () => layout.readings,
  version: 1,
  schema: z.object({
    /** `phone` is missing when CPH does not know the id. */
    phones: z.array(
      z.object({ phone_id: idSchema, read_at: z.number(), phone: candidateSchema.optional() }),
    ),
    /** The servers that have these tags. */
    tags: z.array(
      z.object({ tags: z.string(), read_at: z.number(), servers: z.array(z.string()) }),
    ),
  }),
});

/** What unfinished plans have read of phones and tags, newest first. Times in epoch ms. */
export type StoredReadings = ContentOf<typeof readingsObject>;

/** Returns what earlier drives have read. A cache. */
export async function readReadings(store: Pick<Store, 'get'>): Promise<StoredReadings> {
  return (await readingsObject.readCache(store)) ?? { phones: [], tags: [] };
}

/** Writes the newest of these readings, as many as fit into one object. */
export async function writeReadings(
  store: Pick<Store, 'put'>,
  { phones, tags }: StoredReadings,
): Promise<void> {
  await readingsObject.put(store, {
    phones: phones.slice(0, MAX_PHONES),
    tags: tags.slice(0, countFitting(tags, MAX_TAGS, MAX_TAG_BYTES)),
  });
}
