import type { Clock } from '../../clock.ts';
import { hasCode } from '../../errors.ts';
import { recentEnds, type WriterEnds } from '../run/log/log-ends.ts';
import { layout } from '../store/layout.ts';
import { type Conditional, LIST_LAG_MS, type Store } from '../store/store.ts';
import { latestFrom, latestListed, listLeases } from './find-latest.ts';
import { missingObject, type ObjectError, orUnwritable } from '../store/object-error.ts';
import { copyLease, readCopy } from './copy.ts';
import { isLatest } from './still-held.ts';
import {
  type FoundLease,
  leaseObject,
  logEndsOf,
  readEpoch,
  type StoredLease,
  writerOf,
} from './stored-lease.ts';

/** Without conditional PUT: how long another drive may take between its read and its write. */
const READ_BACK_AFTER_MS = 2_000;

/** How many leases are kept at least. Those that LIST may not show yet are kept too: each epoch leads to the next. */
const KEPT_LEASES = 10;
/** So many drives may take the next epoch away from this one before it gives up. */
const MAX_ATTEMPTS = 5;

/** No lease lasts longer. One with a later end was written by a wrong clock. */
const MAX_LEASE_MS = 15 * 60_000;

type Options = {
  clock: Clock;
  holder: string;
  ttlMs: number;
  /** Called with the key of an object that looks like a lease and cannot be one. */
  onIgnored?: (key: string) => void;
  onUnreadable?: (found: UnreadableLease) => void;
};

/** The last lease, which cannot be read. */
export type UnreadableLease = {
  error: ObjectError;
  /** Its holder released it: its copy says so, and nothing waits for it. */
  isReleased: boolean;
  /** It has no copy either: until when it holds (epoch ms), longer than a drive works. */
  heldUntil?: number;
  /** The bucket returns this drive neither its own lease nor its copy: no drive works until it does. */
  stopsAll?: true;
};

export type Lease = {
  epoch: number;
  holder: string;
  /** `<epoch>-<holder>`: names this invocation in the keys that it writes. */
  writer: string;
  conditional: Conditional;
  /** The epoch of the drive before; undefined when that one was killed, or there is none. */
  follows: number | undefined;
  /** What LIST may not show yet of the logs that earlier drives have written. */
  log: WriterEnds[];
  /** Returns false once there is a later epoch: another drive has taken over. Needs no LIST. */
  stillHeld(): Promise<boolean>;
  /** Keeps the lease, and leaves in it what the next drive has to know in case that this one is killed. */
  note(log: WriterEnds[]): Promise<void>;
  /** `log`: what the next drive has to know; what this one knew, when left out. */
  release(log?: WriterEnds[]): Promise<void>;
};

/**
 * Takes the lease of drive; returns undefined while another drive holds it. Each lease is an object of its own,
 * `state/lease/<epoch>.json`; the highest epoch is valid. Where the bucket honours conditional PUT, two drives cannot both
 * create the same epoch. Elsewhere this drive waits and reads back which one won. LIST may lag behind, so it only gives the
 * epoch to start from, and GET decides. Throws `object_unwritable` when the bucket does not take the lease.
 */
export async function takeLease(store: Store, options: Options): Promise<Lease | undefined> {
  const { clock, holder } = options;
  const created = await createNext(store, options);
  if (created === undefined) return undefined;
  const { mine, before } = created;
  const { epoch, log = [] } = mine;
  const key = layout.lease(epoch);
  const put = async (lease: StoredLease): Promise<void> => {
    await Promise.all([leaseObject.put(store, lease, key), copyLease(store, lease)]);
  };

  const conditional = mine.conditional ?? (await store.tryConditional(key, leaseObject.text(mine)));
  const held = { ...mine, conditional };
  if (conditional !== 'honoured') {
    await clock.sleep(READ_BACK_AFTER_MS);
    const isMine = await isLatest(store, held, options);
    if (!isMine && !(await readBackCopy(store, held, options))) return undefined;
  }
  // Before anything else is written: the next drive has to know by whom.
  await Promise.all([copyLease(store, mine), removeOld(store, epoch, clock.now())]);

  return {
    ...{ epoch, holder, conditional, log },
    follows: before !== undefined && before.expires_at === 0 ? before.epoch : undefined,
    writer: writerOf(mine),
    stillHeld: () => isLatest(store, held, options),
    note: (left) => put({ ...held, ...ifAny(left) }),
    release: (left = log) => put({ ...held, expires_at: 0, ...ifAny(left) }),
  };
}

/**
 * Where the bucket does not return the lease that was just written: reads back its copy instead, which each drive writes over that of
 * others too. Returns whether it is still this drive's.
 */
async function readBackCopy(store: Store, mine: StoredLease, options: Options): Promise<boolean> {
  const { clock, ttlMs, onUnreadable } = options;
  const own = await readEpoch(store, mine.epoch, { writtenAt: clock.now(), ttlMs });
  if (own?.error === undefined) return false;
  await copyLease(store, mine);
  await clock.sleep(READ_BACK_AFTER_MS);
  if (await isLatest(store, mine, options)) return true;
  if ((await readCopy(store)) === undefined)
    onUnreadable?.({ error: own.error, isReleased: false, stopsAll: true });
  return false;
}

/** Deletes leases that are no longer needed. What cannot be deleted now is deleted by a later drive. */
async function removeOld(store: Store, epoch: number, now: number): Promise<void> {
  const old = (await listLeases(store)).filter(
    (other) => other.epoch <= epoch - KEPT_LEASES && other.lastModified <= now - LIST_LAG_MS,
  );
  if (old.length === 0) return;
  try {
    await store.remove(old.map(({ key }) => key));
  } catch (error) {
    if (!hasCode(error, 'service') && !hasCode(error, 'unreachable')) throw error;
  }
}

/** Writes the next lease and returns it, with the one before it; undefined while that one is valid. */
async function createNext(
  store: Store,
  options: Options,
): Promise<{ mine: StoredLease; before: FoundLease | undefined } | undefined> {
  let before = await latestListed(store, options);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    before = await ifUnreadable(store, before, options);
    if (isValid(before, options)) return undefined;
    const mine = leaseAfter(before, options);
    const key = layout.lease(mine.epoch);
    const written = await orUnwritable(key, leaseObject.create(store, mine, key));
    if (written === 'created') return { mine, before };
    const found = await latestFrom(store, mine.epoch, options);
    // The network may deliver a PUT twice. Then the second copy finds the object of the first.
    if (found?.epoch === mine.epoch && found.holder === mine.holder) return { mine, before };
    if (found === undefined) return undefined;
    before = found;
  }
  return undefined;
}

/**
 * Returns the lease; for one that cannot be read its copy. Without a copy nobody knows the names of its holder's log entries, so it
 * holds until every LIST shows them. Where the lease before it cannot be read either, the bucket returns none, and waiting brings
 * nothing.
 */
async function ifUnreadable(
  store: Store,
  lease: FoundLease | undefined,
  { clock, ttlMs, onUnreadable }: Options,
): Promise<FoundLease | undefined> {
  if (lease === undefined || lease.holder !== '') return lease;
  const error = lease.error ?? missingObject(layout.lease(lease.epoch));
  const copy = await readCopy(store);
  if (copy?.epoch === lease.epoch) {
    onUnreadable?.({ error, isReleased: copy.expires_at === 0 });
    return copy;
  }
  if (lease.error === undefined) return lease;
  const before = await readEpoch(store, lease.epoch - 1, { writtenAt: clock.now(), ttlMs });
  if (before?.error !== undefined) {
    onUnreadable?.({ error, isReleased: false });
    return lease;
  }
  const heldUntil = lease.expires_at + LIST_LAG_MS;
  const isLonger = lease.expires_at <= clock.now() && clock.now() < heldUntil;
  onUnreadable?.({ error, isReleased: false, ...(isLonger ? { heldUntil } : {}) });
  return { ...lease, expires_at: heldUntil };
}

/** Returns whether another drive holds the lease. */
function isValid(lease: FoundLease | undefined, { clock, onIgnored }: Options): boolean {
  if (lease === undefined) return false;
  const left = lease.expires_at - clock.now();
  if (left <= MAX_LEASE_MS || lease.error !== undefined) return left > 0;
  onIgnored?.(layout.lease(lease.epoch));
  return false;
}

function leaseAfter(
  before: StoredLease | undefined,
  { clock, holder, ttlMs }: Options,
): StoredLease {
  const now = clock.now();
  return {
    ...{ epoch: (before?.epoch ?? 0) + 1, holder, expires_at: now + ttlMs },
    // Each lease copies from the one before it how the bucket handles conditional PUT.
    conditional: before?.conditional,
    ...ifAny(recentEnds(logEndsOf(before, now), now)),
  };
}

function ifAny(log: WriterEnds[]): Pick<StoredLease, 'log'> {
  return { log: log.length === 0 ? undefined : log };
}
