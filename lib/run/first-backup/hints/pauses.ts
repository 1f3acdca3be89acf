import { sha256hex } from '../../../ledger/store/digest.ts';
import type { Provisioning } from '../../../ledger/state/provisioning.ts';
import type { SweepResult } from '../sweep.ts';
import type { PendingHint } from './pending-hints.ts';

const MINUTE = 60_000;
/** How long a hint waits for phones, servers and orders that CPH does not show. Sweeps find phones that appear later. */
export const ABSENT_EXPIRES_MS = 120 * MINUTE;
/** How long a hint waits for phones that CPH shows to run. */
export const HINT_EXPIRES_MS = 24 * 60 * MINUTE;
const ABSENT: ReadonlySet<string> = new Set(['not_found', 'order']);
const MIN_PAUSE_MS = MINUTE;
const MAX_PAUSE_MS = 15 * MINUTE;
const PAUSE_OF_AGE = 0.25;
const ORDER_MARGIN_MS = 5 * MINUTE;

/** What hints wait for: the reason by phone or id. */
export type Waits = ReadonlyMap<string, string>;

/** An order is done when a sweep has found phones as new as the order; a requested sweep, when it has ended. */
export function isResolved(
  { lookup, writtenAt }: PendingHint,
  waits: Waits,
  swept?: SweepResult,
): boolean {
  if (waits.size === 0) return true;
  if (swept?.ended !== true || ![...waits.values()].every((reason) => reason === 'order')) {
    return false;
  }
  const orderedAt = Math.min(lookup.at ?? writtenAt, writtenAt);
  return waits.has('') && lookup.change === 'requested'
    ? true
    : (swept.newest ?? 0) >= orderedAt - ORDER_MARGIN_MS;
}

/** Returns what a hint waits for and may still get at `now` (epoch ms). */
export function stillExpected({ writtenAt }: PendingHint, waits: Waits, now: number): Waits {
  const age = now - writtenAt;
  if (age >= HINT_EXPIRES_MS) return new Map();
  return new Map([...waits].filter(([, why]) => age < ABSENT_EXPIRES_MS || !ABSENT.has(why)));
}

/**
 * Returns when the phones of the waiting hints are looked up next (epoch ms): a pause that grows with the age of each hint, from
 * 1 to 15 minutes, or when a window ends.
 */
export function nextLookAt(
  waiting: ReadonlyMap<PendingHint, Waits>,
  windowEndsAt: number,
  now: number,
): number {
  let next = Math.min(windowEndsAt, now + MAX_PAUSE_MS);
  for (const [{ writtenAt }, waits] of waiting) {
    if ([...waits.values()].every((reason) => reason === 'window')) continue;
    const pause = Math.max(MIN_PAUSE_MS, (now - writtenAt) * PAUSE_OF_AGE);
    next = Math.min(next, now + pause);
  }
  return next;
}

/**
 * Returns the waiting hints as the state keeps them: enough to see whether they are still the same. A hint that could not be read
 * is read again a minute after `now` at the latest (epoch ms), unless it rests longer.
 */
export function waitingFor(
  ids: string[],
  read: readonly PendingHint[],
  { next, now }: { next: number; now: number },
): NonNullable<Provisioning['waiting']> {
  const known = new Set(read.map(({ id }) => id));
  const isRead = ids.every((id) => known.has(id));
  return { hints: digestOf(ids), next_at: isRead ? next : Math.min(next, now + MIN_PAUSE_MS) };
}

/** Returns whether the last pass left the same hints waiting. */
export function isSameWait({ waiting }: Provisioning, ids: string[]): boolean {
  return waiting !== undefined && waiting.hints === digestOf(ids);
}

const digestOf = (ids: string[]): string => sha256hex([...ids].sort().join()).slice(0, 24);
