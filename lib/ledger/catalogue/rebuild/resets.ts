import * as z from 'zod';
import { layout } from '../../store/layout.ts';
import { ledgerObject } from '../../store/ledger-object.ts';
import { idSchema } from '../../store/part-of-key.ts';
import type { Store } from '../../store/store.ts';

const MAX_PHONES = 10_000;

const resetsObject = ledgerObject({
  key: () => layout.resets,
  version: 1,
  schema: z.object({ phones: z.record(idSchema, z.number().min(0)) }),
});

/** When phones were last reset (epoch ms), by phone id: their generations. */
export type Resets = ReadonlyMap<string, number>;

/** Returns the last resets, of the 10,000 phones that were reset last. A cache: a generation that is lost here stays in the archives. */
export async function readResets(store: Pick<Store, 'get'>): Promise<Resets> {
  return new Map(Object.entries((await resetsObject.readCache(store))?.phones ?? {}));
}

/** Records resets of phones. Writes only when one is news. */
export async function recordResets(
  store: Pick<Store, 'get' | 'put'>,
  resets: Resets,
): Promise<void> {
  if (resets.size === 0) return;
  const known = new Map(await readResets(store));
  const news = [...resets].filter(([id, at]) => at > (known.get(id) ?? 0));
  if (news.length === 0) return;
  for (const [id, at] of news) known.set(id, at);
  const newest = [...known].sort(([, one], [, other]) => other - one).slice(0, MAX_PHONES);
  await resetsObject.put(store, { phones: Object.fromEntries(newest) });
}

/** Returns the generation of a phone at the start of its export (epoch ms), as a flag of the archive. */
export function generationAt(
  resets: Resets,
  phoneId: string,
  exportedAt: number,
): { generation?: number } {
  const reset = resets.get(phoneId);
  return reset === undefined || reset > exportedAt ? {} : { generation: reset };
}
