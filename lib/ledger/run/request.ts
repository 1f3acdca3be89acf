import * as z from 'zod';
import { ledgerObject } from '../store/ledger-object.ts';
import { layout, readOpenKey } from '../store/layout.ts';
import { policyNameSchema, runIdSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';
import { restoreOrderSchema, slotSchema } from './restore-order.ts';

/** `restore`: a restore exports its phones before it overwrites them. */
export const triggers = ['timer', 'http', 'manual', 'provisioned', 'restore'] as const;

/**
 * A request for a run. It holds only what its id is made of and no time, so a repeated request writes the same bytes to the
 * same key.
 */
export const requestSchema = z
  .strictObject({
    run_id: runIdSchema,
    policy: policyNameSchema,
    trigger: z.enum(triggers),
    /** Start stamp of a timer's slot. Other runs get theirs when they are planned. */
    slot: slotSchema.optional(),
    /** Narrows the policy's selection to these phones. */
    phones: z.array(z.string().min(1).max(32)).min(1).max(1000).optional(),
    kind: z.literal('restore').optional(),
    /** Of a restore. */
    restore: restoreOrderSchema.optional(),
  })
  .refine(
    ({ kind, restore }) => (kind === undefined) === (restore === undefined),
    'a restore without its order, or the reverse',
  );

export type RunRequest = z.infer<typeof requestSchema>;

const requestObject = ledgerObject({
  key: layout.request,
  version: 1,
  schema: requestSchema,
  runsOf: ({ run_id }) => [run_id],
});

const cancelObject = ledgerObject({
  key: layout.cancel,
  version: 1,
  schema: z.object({ run_id: z.string() }),
});

/** Returns the request of a run; undefined when it is gone. Throws `object_newer` and `object_invalid`. */
export const readRequest = requestObject.read;

/** Requests a run: one PUT, safe to repeat. */
export async function putRequest(store: Pick<Store, 'put'>, request: RunRequest): Promise<void> {
  await requestObject.put(store, request, request.run_id);
}

/** Requests a run unless a request with its id exists. The caller must check the content of an existing one. */
export async function createRequest(
  store: Pick<Store, 'create'>,
  request: RunRequest,
): Promise<'created' | 'exists'> {
  return requestObject.create(store, request, request.run_id);
}

/** Requests the cancellation of a run. Readers use only the key. */
export async function putCancel(store: Pick<Store, 'put'>, runId: string): Promise<void> {
  await cancelObject.put(store, { run_id: runId }, runId);
}

const LISTS = { cancel: 'cancels', orphaned: 'orphaned', hint: 'hints' } as const;

export type Inbox = {
  /** Run ids, each with the time when its request was last written (epoch ms). */
  requests: { runId: string; requestedAt: number }[];
  /** Runs to cancel. */
  cancels: string[];
  /** Ids of the objects with jobs that outlived their runs. */
  orphaned: string[];
  /** Hint ids. */
  hints: string[];
  /** Policies whose retention rules are to be applied, each with the time of the request (epoch ms). */
  prunes: { policy: string; requestedAt: number }[];
};

/** Returns all open work from one LIST of `open/`. Ignores objects with other keys. */
export async function listOpen(store: Pick<Store, 'list'>): Promise<Inbox> {
  const inbox: Inbox = { requests: [], cancels: [], orphaned: [], hints: [], prunes: [] };
  for (const { key, lastModified } of await store.list(layout.open)) {
    const entry = readOpenKey(key);
    if (entry === undefined) continue;
    if (entry.kind === 'request') {
      inbox.requests.push({ runId: entry.id, requestedAt: lastModified });
    } else if (entry.kind === 'prune') {
      inbox.prunes.push({ policy: entry.id, requestedAt: lastModified });
    } else {
      inbox[LISTS[entry.kind]].push(entry.id);
    }
  }
  return inbox;
}
