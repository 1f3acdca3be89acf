import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import { policyNameSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

const PREFIX = 'policy-';

const unreadablePolicyHint = ledgerObject({
  key: layout.hint,
  type: 'unreadable_policy',
  version: 1,
  schema: z.object({ policy: policyNameSchema }),
});

/** A policy whose file schedule could not read. */
type UnreadablePolicy = ContentOf<typeof unreadablePolicyHint>;

export const isUnreadablePolicyHint = (id: string): boolean => id.startsWith(PREFIX);

/** Asks drive to notify of a policy file that cannot be read. The same policy writes the same object. */
export async function putUnreadablePolicy(
  store: Pick<Store, 'put'>,
  hint: UnreadablePolicy,
): Promise<void> {
  await unreadablePolicyHint.put(store, hint, PREFIX + hint.policy);
}

/** Returns the hint with this id; undefined when it is gone. Throws ObjectError. */
export const readUnreadablePolicy = unreadablePolicyHint.readListed;
