import type { Clock } from '../../clock.ts';
import type { Store } from '../store/store.ts';
import { readCopy } from './copy.ts';
import { readEpoch, type StoredLease } from './stored-lease.ts';

type Options = { clock: Pick<Clock, 'now'>; ttlMs: number };

/** Returns whether a drive still holds its lease: no other one has written it, or the next one. Needs no LIST. */
export async function isLatest(
  store: Pick<Store, 'get'>,
  mine: StoredLease,
  { clock, ttlMs }: Options,
): Promise<boolean> {
  const written = { writtenAt: clock.now(), ttlMs };
  const own = await readEpoch(store, mine.epoch, written);
  if (own === undefined || (own.error === undefined && own.holder !== mine.holder)) return false;
  const next = await readEpoch(store, mine.epoch + 1, written);
  if (next !== undefined && next.error === undefined) return false;
  // Where the PUT was conditional, nobody else has written this epoch.
  const isOwn = own.error === undefined || mine.conditional === 'honoured';
  if (isOwn && next === undefined) return true;
  return isLatestByCopy(store, mine, clock.now());
}

/** The bucket returns no lease, or refuses keys that are absent. Each drive writes the copy before anything else. */
async function isLatestByCopy(
  store: Pick<Store, 'get'>,
  { epoch, holder, conditional, expires_at }: StoredLease,
  now: number,
): Promise<boolean> {
  const copy = await readCopy(store);
  if (copy !== undefined) return copy.epoch === epoch && copy.holder === holder;
  return conditional === 'honoured' && now < expires_at;
}
