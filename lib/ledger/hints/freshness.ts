import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const freshnessHint = ledgerObject({
  key: layout.hint,
  type: 'freshness',
  version: 1,
  schema: z.object({
    policy: z.string(),
    /** When the check found it (epoch ms). */
    at: z.number(),
    language: z.enum(['en', 'zh']).optional(),
  }),
});

/** A policy that seems to have become stale or to have recovered. */
export type FreshnessHint = ContentOf<typeof freshnessHint>;

export const isFreshnessHint = (id: string): boolean => id.startsWith('freshness-');

/** Asks the next drive to check the freshness of a policy and to notify of a change. One object a policy. */
export async function putFreshnessHint(
  store: Pick<Store, 'put'>,
  hint: FreshnessHint,
): Promise<void> {
  await freshnessHint.put(store, hint, `freshness-${hint.policy}`);
}

/** Returns the hint with this id; undefined when it is gone. Throws `object_newer` and `object_invalid`. */
export const readFreshnessHint = freshnessHint.readListed;
