import type { Clock } from '../../clock.ts';
import { isLeaseKey, layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';
import { type FoundLease, leaseObject, readEpoch } from './stored-lease.ts';

type Options = { clock: Pick<Clock, 'now'>; ttlMs: number };

/** A lease that LIST shows, and when it was written (epoch ms). */
type Listed = { key: string; epoch: number; lastModified: number };

/** Returns the leases that LIST shows, in order. Other objects in the folder are ignored. */
export async function listLeases(
  store: Pick<Store, 'list'>,
  onIgnored?: (key: string) => void,
): Promise<Listed[]> {
  const listed = await store.list(layout.leases);
  for (const { key } of listed) if (!isLeaseKey(key)) onIgnored?.(key);
  return listed
    .filter(({ key }) => isLeaseKey(key))
    .map(({ key, lastModified }) => ({ key, epoch: epochOf(key), lastModified }));
}

/** Returns the highest lease that LIST shows. One that GET does not find counts as unreadable. */
export async function latestListed(
  store: Pick<Store, 'get' | 'list'>,
  { ttlMs, onIgnored }: Options & { onIgnored?: ((key: string) => void) | undefined },
): Promise<FoundLease | undefined> {
  const last = (await listLeases(store, onIgnored)).at(-1);
  if (last === undefined) return undefined;
  const { epoch, lastModified } = last;
  const lease = await readEpoch(store, epoch, { writtenAt: lastModified, ttlMs });
  return lease ?? { epoch, holder: '', expires_at: lastModified + ttlMs };
}

/** Throws ObjectError when the highest lease that LIST shows cannot be read. */
export async function readLastLease(store: Pick<Store, 'get' | 'list'>): Promise<void> {
  const last = (await listLeases(store)).at(-1);
  if (last !== undefined) await leaseObject.readListed(store, last.key);
}

/**
 * Returns the highest lease from `epoch` on, which LIST may not show yet; undefined when that one is absent. Each epoch follows
 * the one before it, so a few GETs find the last.
 */
export async function latestFrom(
  store: Pick<Store, 'get'>,
  epoch: number,
  { clock, ttlMs }: Options,
): Promise<FoundLease | undefined> {
  const read = async (wanted: number): Promise<FoundLease | undefined> =>
    readEpoch(store, wanted, { writtenAt: clock.now(), ttlMs });
  let latest = await read(epoch);
  let step = 1;
  for (let grows = true; latest !== undefined && step > 0;) {
    const next = await read(latest.epoch + step);
    // One that GET does not return need not be there: where it returns none, the search would never end.
    if (next === undefined || next.error?.code === 'object_unreadable') grows = false;
    else latest = next;
    step = grows ? step * 2 : Math.floor(step / 2);
  }
  return latest;
}

function epochOf(key: string): number {
  return Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0);
}
