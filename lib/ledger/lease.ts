import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { hasCode } from '../errors.ts';
import { isLeaseKey, layout } from './store/layout.ts';
import { type ContentOf, ledgerObject, wholeKey } from './store/ledger-object.ts';
import { isUnreadable } from './store/object-error.ts';
import type { Conditional, Store } from './store/store.ts';

/** Without conditional PUT: how long another drive may take between its read and its write. */
const READ_BACK_AFTER_MS = 2_000;

/** How many leases are kept, so that a LIST that lags behind still shows a recent one. */
const KEPT_LEASES = 10;
/** How many leases may be written before a LIST shows the first of them. */
const MAX_UNLISTED = 20;

/** No drive lasts longer. A lease with a later end was written by a wrong clock. */
const MAX_LEASE_MS = 15 * 60_000;

const leaseObject = ledgerObject({
  key: wholeKey,
  version: 1,
  schema: z.object({
    epoch: z.number().int(),
    holder: z.string(),
    /** Epoch ms; 0 once it is released. */
    expires_at: z.number(),
    conditional: z.enum(['honoured', 'ignored', 'refused']).optional(),
  }),
});

type StoredLease = ContentOf<typeof leaseObject>;

type Options = {
  clock: Clock;
  holder: string;
  ttlMs: number;
  /** Called with the key of an object that looks like a lease and cannot be one. */
  onIgnored?: (key: string) => void;
};

/** A lease in the bucket, and when it was written (epoch ms). */
type Listed = { key: string; lastModified: number };

export type Lease = {
  epoch: number;
  holder: string;
  /** `<epoch>-<holder>`: names this invocation in the keys that it writes. */
  writer: string;
  conditional: Conditional;
  /** Returns false once there is a later epoch: another drive has taken over. */
  stillHeld(): Promise<boolean>;
  release(): Promise<void>;
};

/**
 * Takes the lease of drive; returns undefined while another drive holds it. Each lease is an object of its own,
 * `state/lease/<epoch>.json`; the highest epoch is valid. Where the bucket honours conditional PUT, two drives cannot both
 * create the same epoch. Elsewhere this drive waits and reads back which one won. LIST may lag behind, so it only gives the
 * epoch to start from, and GET decides.
 */
export async function takeLease(store: Store, options: Options): Promise<Lease | undefined> {
  const { clock, holder, ttlMs } = options;
  const created = await createNext(store, options);
  if (created === undefined) return undefined;
  const { epoch, before } = created;
  const key = layout.lease(epoch);
  const mine = { epoch, holder, expires_at: clock.now() + ttlMs, ...inherited(before) };

  const conditional =
    before?.conditional ?? (await store.tryConditional(key, leaseObject.text(mine)));
  if (conditional !== 'honoured') {
    await clock.sleep(READ_BACK_AFTER_MS);
    if ((await latestLease(store, options, epoch))?.holder !== holder) return undefined;
  }

  const old = (await listLeases(store))
    .map((other) => other.key)
    .filter((other) => other <= layout.lease(epoch - KEPT_LEASES));
  if (old.length > 0) await removeOld(store, old);

  return {
    epoch,
    holder,
    writer: `${String(epoch).padStart(10, '0')}-${holder}`,
    conditional,
    stillHeld: async () => {
      const latest = await latestLease(store, options, epoch);
      if (latest?.epoch !== epoch) return false;
      // Where the PUT was conditional, nobody else has written this epoch.
      return latest.holder === holder || (latest.holder === '' && conditional === 'honoured');
    },
    release: () => leaseObject.put(store, { ...mine, expires_at: 0, conditional }, key),
  };
}

/** Deletes leases that are no longer needed. What cannot be deleted now is deleted by a later drive. */
async function removeOld(store: Store, keys: string[]): Promise<void> {
  try {
    await store.remove(keys);
  } catch (error) {
    if (!hasCode(error, 'service') && !hasCode(error, 'unreachable')) throw error;
  }
}

/** Returns the holder of a lease and when it ends (epoch ms); undefined for a lease that is gone or unreadable. */
export async function readLease(
  store: Pick<Store, 'get'>,
  key: string,
): Promise<{ holder: string; expires_at: number } | undefined> {
  return leaseObject.readCache(store, key);
}

/** Writes the next lease. Returns its epoch and the lease before it; undefined while that one is valid. */
async function createNext(
  store: Store,
  options: Options,
): Promise<{ epoch: number; before: StoredLease | undefined } | undefined> {
  const { clock, holder, ttlMs } = options;
  let before = await latestLease(store, options);
  for (let unlisted = 0; unlisted <= MAX_UNLISTED; unlisted += 1) {
    const left = (before?.expires_at ?? 0) - clock.now();
    if (left > MAX_LEASE_MS) options.onIgnored?.(layout.lease(before?.epoch ?? 0));
    else if (left > 0) return undefined;
    const epoch = (before?.epoch ?? 0) + 1;
    const mine = { epoch, holder, expires_at: clock.now() + ttlMs, ...inherited(before) };
    if ((await leaseObject.create(store, mine, layout.lease(epoch))) === 'created') {
      return { epoch, before };
    }
    const unlistedKey = layout.lease(epoch);
    const found = await readStored(store, { key: unlistedKey, lastModified: clock.now() }, ttlMs);
    // The network may deliver a PUT twice. Then the second copy finds the object of the first.
    if (found?.holder === holder) return { epoch, before };
    if (found === undefined) return undefined;
    before = found;
  }
  return undefined;
}

/** Each lease copies from the one before it how the bucket handles conditional PUT. */
function inherited(before: StoredLease | undefined): Pick<StoredLease, 'conditional'> {
  return { conditional: before?.conditional };
}

/** Returns the leases that LIST shows, in order. Other objects in the folder are ignored. */
async function listLeases(
  store: Pick<Store, 'list'>,
  onIgnored?: (key: string) => void,
): Promise<Listed[]> {
  const listed = await store.list(layout.leases);
  for (const { key } of listed) if (!isLeaseKey(key)) onIgnored?.(key);
  return listed.filter(({ key }) => isLeaseKey(key));
}

/** Returns the highest lease that LIST shows; the one of epoch `known` when LIST shows only lower ones. */
async function latestLease(
  store: Store,
  { clock, ttlMs, onIgnored }: Options,
  known = 0,
): Promise<StoredLease | undefined> {
  const listed = (await listLeases(store, known === 0 ? onIgnored : undefined)).at(-1);
  const key = known === 0 ? '' : layout.lease(known);
  if (listed !== undefined && listed.key >= key) {
    return (await readStored(store, listed, ttlMs)) ?? unreadableLease(listed, ttlMs);
  }
  return key === '' ? undefined : readStored(store, { key, lastModified: clock.now() }, ttlMs);
}

/** Returns a lease; undefined when it is absent. An unreadable one holds for as long as a good one of the same age. */
async function readStored(
  store: Store,
  listed: Listed,
  ttlMs: number,
): Promise<StoredLease | undefined> {
  const unreadable = unreadableLease(listed, ttlMs);
  try {
    const lease = await leaseObject.read(store, listed.key);
    return lease === undefined || lease.epoch === unreadable.epoch ? lease : unreadable;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return unreadable;
  }
}

/** Returns the lease that an unreadable object counts as. */
function unreadableLease({ key, lastModified }: Listed, ttlMs: number): StoredLease {
  const epoch = Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0);
  return { epoch, holder: '', expires_at: lastModified + ttlMs };
}
