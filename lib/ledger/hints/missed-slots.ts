import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import { idSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

/**
 * overlap: the previous run was still open. too_late: nothing started it within `start_within`. superseded: a newer slot
 * runs instead. policy_invalid: no slot runs from `first` on. phones_not_ready: phones get no first backup.
 */
export const missedReasons = [
  ...(['overlap', 'too_late', 'superseded', 'policy_invalid', 'phones_not_ready'] as const),
] as const;
export type MissedReason = (typeof missedReasons)[number];

const missedHint = ledgerObject({
  key: layout.hint,
  type: 'missed',
  version: 1,
  schema: z.object({
    policy: idSchema,
    reason: z.enum(missedReasons),
    /** Stamps of the first and the last slot, as in run ids. */
    first: idSchema,
    last: idSchema,
    /** The number of slots. */
    slots: z.number().int(),
    /** For phones_not_ready: how many phones, and the first 50 with their reasons. */
    first_backups: z
      .object({
        id: idSchema,
        count: z.number().int(),
        phones: z.array(
          z.object({ phone_id: z.string(), phone_name: z.string(), reason: z.string() }),
        ),
      })
      .optional(),
  }),
});

/** Slots of a policy that did not run, or phones that get no first backup. */
export type MissedSlots = ContentOf<typeof missedHint>;

/** Returns the id of the hint for slots up to `last` (a stamp), or for first backups. */
export function missedId({
  policy,
  last,
  first_backups: first,
}: Pick<MissedSlots, 'policy' | 'last' | 'first_backups'>): string {
  return `missed-${policy}-${first === undefined ? last.toLowerCase() : `first-${first.id}`}`;
}

export function isMissedHint(id: string): boolean {
  return id.startsWith('missed-');
}

/** Asks the next drive to notify that slots did not run. The same slots write the same object. */
export async function putMissed(store: Pick<Store, 'put'>, missed: MissedSlots): Promise<void> {
  await missedHint.put(store, missed, missedId(missed));
}

/** Returns the hint with this id; undefined when it is gone. Throws `object_newer` and `object_invalid`. */
export const readMissed = missedHint.readListed;
