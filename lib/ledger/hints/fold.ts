import * as z from 'zod';
import { layout } from '../store/layout.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import type { Store } from '../store/store.ts';

const ID = 'fold';

const foldHint = ledgerObject({
  key: layout.hint,
  type: 'fold',
  version: 1,
  schema: z.object({}),
});

export const isFoldHint = (id: string): boolean => id === ID;

/** The key of the hint. */
export const foldHintKey = layout.hint(ID);

/** Asks the next drive to go on with folding old runs, also when nothing else is open. */
export async function putFoldHint(store: Pick<Store, 'put'>): Promise<void> {
  await foldHint.put(store, {}, ID);
}
