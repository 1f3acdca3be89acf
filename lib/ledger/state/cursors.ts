import * as z from 'zod';
import { ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

/** The schedule's state of one policy. Times in epoch ms. */
const cursorSchema = z.object({
  etag: z.string(),
  /** False for a policy that is disabled, has no schedule or is invalid. */
  active: z.boolean(),
  /** The first validation error of an invalid policy. */
  error: z.string().optional(),
  /** Whether new phones get a first backup from it. */
  on_provisioned: z.boolean().optional(),
  schedule: z
    .object({ cron: z.string(), timezone: z.string(), start_within: z.number() })
    .optional(),
  paused_until: z.number().optional(),
  /** The version of the file that could not be read, and when it is tried again. The rest is of the version before it. */
  unread: z
    .object({ etag: z.string(), attempts: z.number().int(), retry_at: z.number() })
    .optional(),
  /** Slots up to this time are handled: the last started or missed one, or when the policy became active. */
  handled_until: z.number(),
  /** The basis for the freshness of an active policy. */
  freshness: z
    .object({
      /** Slots up to this time do not count: the policy was inactive, had another schedule, or was paused. */
      counts_from: z.number(),
      /** In ms. */
      deadline: z.number(),
      /** The policy's objective; `max_age` in ms. */
      objective: z.object({ max_age: z.number().optional(), phones: z.number() }),
      language: z.enum(['en', 'zh']),
      /** The newest slot that was over at the last check. */
      checked_slot: z.number().optional(),
      /** When to check before the next slot is over: the objective may be missed from then on. */
      check_at: z.number().optional(),
    })
    .optional(),
});

const cursorsObject = ledgerObject({
  key: () => layout.cursors,
  version: 1,
  schema: z.object({ policies: z.record(z.string(), cursorSchema) }),
});

export type Cursor = z.infer<typeof cursorSchema>;
export type Cursors = Record<string, Cursor>;

/** Returns the cursors by policy. A cache: when it is lost, slots count from now on. */
export async function readCursors(store: Pick<Store, 'get'>): Promise<Cursors> {
  return (await cursorsObject.readCache(store))?.policies ?? {};
}

/** Like `readCursors`, but undefined without an object, and throws ObjectError. */
export const readCursorsStrictly = cursorsObject.read;

export async function writeCursors(store: Pick<Store, 'put'>, policies: Cursors): Promise<void> {
  await cursorsObject.put(store, { policies });
}
