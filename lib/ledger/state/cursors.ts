import * as z from 'zod';
import { sha256hex } from '../store/digest.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import { ifCached, missingObject } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';

const MAX_PART_BYTES = 896 * 1024;
/** Enough for 50,000 policies. */
const MAX_PARTS = 64;

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
  /** The drills of a policy that is enabled: slots up to `handled_until` are handled, slots after `counts_from` count. */
  drill: z
    .object({
      ...{ cron: z.string(), timezone: z.string(), start_within: z.number() },
      ...{ handled_until: z.number(), counts_from: z.number() },
    })
    .optional(),
  /** How people are notified about the policy. Kept from the version before for one that is invalid. */
  locale: z.object({ language: z.enum(['en', 'zh']), timezone: z.string() }).optional(),
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
  schema: z.object({
    policies: z.record(z.string(), cursorSchema),
    /** How many objects the cursors lie in, with this one. */
    parts: z.int().min(2).max(MAX_PARTS).optional(),
  }),
});

const partObject = ledgerObject({
  key: layout.cursorsPart,
  version: 1,
  schema: z.object({ policies: z.record(z.string(), cursorSchema) }),
});

export type Cursor = z.infer<typeof cursorSchema>;
export type Cursors = Record<string, Cursor>;

/** Returns the cursors by policy. A cache: when it is lost, slots count from now on. */
export async function readCursors(store: Pick<Store, 'get'>): Promise<Cursors> {
  return (await ifCached(readCursorsStrictly(store)))?.policies ?? {};
}

/** Like `readCursors`, but undefined without an object, and throws ObjectError, also for a part that is gone. */
export async function readCursorsStrictly(
  store: Pick<Store, 'get'>,
): Promise<{ policies: Cursors } | undefined> {
  const first = await cursorsObject.read(store);
  if (first === undefined) return undefined;
  const { parts = 1, policies } = first;
  const others = Array.from({ length: parts - 1 }, async (_, index) => {
    const part = await partObject.read(store, parts, index + 1);
    if (part === undefined) throw missingObject(layout.cursorsPart(parts, index + 1));
    return part.policies;
  });
  return { policies: Object.assign({}, policies, ...(await Promise.all(others))) as Cursors };
}

/**
 * Writes the cursors, in as many objects as they need. A policy's part follows from its name and the number of parts, and the
 * object that says this number is written last: a write that is cut off leaves each policy one cursor, a new or an old one.
 */
export async function writeCursors(
  store: Pick<Store, 'put'>,
  policies: Cursors,
  maxBytes = MAX_PART_BYTES,
): Promise<void> {
  const [first = {}, ...others] = split(policies, maxBytes);
  const parts = others.length + 1;
  for (const [index, part] of others.entries()) {
    await partObject.put(store, { policies: part }, parts, index + 1);
  }
  await cursorsObject.put(store, { policies: first, ...(parts === 1 ? {} : { parts }) });
}

function split(policies: Cursors, maxBytes: number): Cursors[] {
  for (let parts = 1; ; parts *= 2) {
    const lists = Array.from({ length: parts }, (): [string, Cursor][] => []);
    for (const entry of Object.entries(policies)) lists[partOf(entry[0], parts)]?.push(entry);
    const isSmall = lists.every((list) => Buffer.byteLength(JSON.stringify(list)) <= maxBytes);
    if (isSmall || parts >= MAX_PARTS) return lists.map((list) => Object.fromEntries(list));
  }
}

function partOf(policy: string, parts: number): number {
  return parts === 1 ? 0 : Number.parseInt(sha256hex(policy).slice(0, 8), 16) % parts;
}
