import * as z from 'zod';
import { ledgerObject, type ContentOf } from '../../store/ledger-object.ts';
import { layout } from '../../store/layout.ts';
import type { Store } from '../../store/store.ts';

// What drive has notified, so that it notifies each once. Caches: when one is lost, drive notifies again. Times in epoch ms.

const credentialAlarm = ledgerObject({
  key: () => layout.credentialAlarm,
  version: 1,
  schema: z.object({
    /** Since when, and over how many drives, the credentials have been refused. */
    since: z.number(),
    drives: z.number().int(),
    notified: z.boolean(),
    /** Drive does not call any service before this time: five bad signatures in a row lock the access key. */
    retry_at: z.number(),
  }),
});

const notifiedStale = ledgerObject({
  key: layout.stale,
  version: 1,
  schema: z.object({
    policy: z.string(),
    /** When the policy was first found to be stale. */
    since: z.number(),
    /** When this message's reason was found: `since`, or later when it became worse. */
    at: z.number(),
    /** Numbers of phones in the message. Missing when nothing was known of them. */
    phones: z.object({ counted: z.number(), fresh: z.number() }).optional(),
    /** Missing while the message is being sent. */
    notified_at: z.number().optional(),
    /** The policy has recovered, and the bucket does not delete this object. */
    recovered_at: z.number().optional(),
  }),
});

const notifiedHeartbeat = ledgerObject({
  key: () => layout.heartbeat,
  version: 1,
  schema: z.object({ slot: z.number() }),
});

/** Refused credentials. */
export type CredentialAlarm = ContentOf<typeof credentialAlarm>;

/** A stale policy. */
export type NotifiedStale = ContentOf<typeof notifiedStale>;

export const { readCache: readCredentialAlarm, put: writeCredentialAlarm } = credentialAlarm;

/**
 * Returns the last message that a policy is stale; undefined when it has recovered. When it is lost, a policy that has recovered
 * is not notified as such.
 */
export async function readNotifiedStale(
  store: Pick<Store, 'get'>,
  policy: string,
): Promise<NotifiedStale | undefined> {
  const known = await notifiedStale.readCache(store, policy);
  return known?.recovered_at === undefined ? known : undefined;
}

/** Records that a stale policy has recovered at `now` (epoch ms): deletes the message, or marks it where it cannot be deleted. */
export async function forgetNotifiedStale(
  store: Pick<Store, 'put' | 'remove'>,
  stale: NotifiedStale,
  now: number,
): Promise<void> {
  const refused = await store.remove([layout.stale(stale.policy)]);
  if (refused.length > 0) await writeNotifiedStale(store, { ...stale, recovered_at: now });
}

/** Records that a policy is notified as stale: before the message is sent, and again after it with `notified_at`. */
export async function writeNotifiedStale(
  store: Pick<Store, 'put'>,
  stale: NotifiedStale,
): Promise<void> {
  await notifiedStale.put(store, stale, stale.policy);
}

/** Returns the slot (epoch ms) of the last daily message that was sent. */
export async function readNotifiedHeartbeat(
  store: Pick<Store, 'get'>,
): Promise<number | undefined> {
  return (await notifiedHeartbeat.readCache(store))?.slot;
}

/** Like `readNotifiedHeartbeat`, but throws ObjectError when that cannot be read. */
export async function readNotifiedHeartbeatStrictly(
  store: Pick<Store, 'get'>,
): Promise<number | undefined> {
  return (await notifiedHeartbeat.read(store))?.slot;
}

export async function writeNotifiedHeartbeat(
  store: Pick<Store, 'put'>,
  slot: number,
): Promise<void> {
  await notifiedHeartbeat.put(store, { slot });
}
