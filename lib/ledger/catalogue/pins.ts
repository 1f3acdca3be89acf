import * as z from 'zod';
import { sha256hex } from '../store/digest.ts';
import { layout } from '../store/layout.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import type { Store } from '../store/store.ts';
import type { Archive } from './archive.ts';

const DIGITS = 32;

const pinObject = ledgerObject({
  key: layout.pin,
  version: 1,
  schema: z.object({
    bucket: z.string(),
    key: z.string(),
    policy: z.string(),
    phone_id: z.string(),
    /** When it was pinned (epoch ms). */
    at: z.number(),
  }),
});

type Place = Pick<Archive, 'bucket' | 'key'>;

/** The names of the pins, as LIST shows them. */
export type Pins = ReadonlySet<string>;

/** Returns the name of an archive's pin. */
const nameOf = ({ bucket, key }: Place): string => sha256hex(`${bucket} ${key}`).slice(0, DIGITS);

/** Returns all pins, from a LIST. They are objects of their own, so that a person and a drive never write the same object. */
export async function listPins(store: Pick<Store, 'list'>): Promise<Pins> {
  const listed = await store.list(layout.pins);
  return new Set(listed.map(({ key }) => key.slice(layout.pins.length).replace(/\.json$/, '')));
}

export const isPinned = (pins: Pins, archive: Place): boolean =>
  pins.size > 0 && pins.has(nameOf(archive));

/** Pins an archive: it is not deleted until it is unpinned. Safe to repeat. `at`: epoch ms. */
export async function putPin(
  store: Pick<Store, 'put'>,
  { bucket, key, policy, phone_id }: Archive,
  at: number,
): Promise<void> {
  const content = { bucket, key, policy, phone_id, at };
  await pinObject.put(store, content, nameOf(content));
}

/** Removes the pin of an archive. Throws nothing when there is none. Returns the code when the bucket refuses. */
export async function removePin(
  store: Pick<Store, 'remove'>,
  archive: Place,
): Promise<string | undefined> {
  const [refused] = await store.remove([layout.pin(nameOf(archive))]);
  return refused?.code;
}
