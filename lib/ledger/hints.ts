import * as z from 'zod';
import { readObject } from './json.ts';
import { layout } from './layout.ts';
import type { Store } from './store.ts';

const HINT_VERSION = 1;

/** Slots of a policy that did not run. Stamps as in run ids. */
const missedSchema = z.object({
  version: z.literal(HINT_VERSION),
  type: z.literal('missed'),
  policy: z.string(),
  /** overlap: the run before was still open. too_late: nobody was there in time. superseded: a newer slot runs instead. policy_invalid: from the first stamp on. */
  reason: z.enum(['overlap', 'too_late', 'superseded', 'policy_invalid']),
  first: z.string(),
  last: z.string(),
  slots: z.number().int(),
});

export type Missed = Omit<z.infer<typeof missedSchema>, 'version' | 'type'>;

const missedId = ({ policy, last }: Missed): string => `missed-${policy}-${last.toLowerCase()}`;

/** Notes missed slots for the next drive to tell. The same slots give the same object. */
export async function putMissed(store: Pick<Store, 'put'>, missed: Missed): Promise<void> {
  const hint = { version: HINT_VERSION, type: 'missed', ...missed };
  await store.put(layout.hint(missedId(missed)), JSON.stringify(hint));
}

export function isMissedHint(id: string): boolean {
  return id.startsWith('missed-');
}

export async function readMissed(
  store: Pick<Store, 'get'>,
  id: string,
): Promise<Missed | undefined> {
  return readObject(store, missedSchema, HINT_VERSION, layout.hint(id));
}
