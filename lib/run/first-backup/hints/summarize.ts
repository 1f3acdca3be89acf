import type { PendingHint } from './pending-hints.ts';

const MINUTE = 60_000;
const BASELINE_MARGIN_MS = 10 * MINUTE;
/** A policy that is new counts no phone as new that is older. */
const MAX_BASELINE_AGE_MS = 120 * MINUTE;

/** Returns when the phones of the hints were reset, by phone id. */
export function resetsOf(hints: PendingHint[]): Map<string, number> {
  const resets = new Map<string, number>();
  for (const { lookup, generation } of hints) {
    for (const id of generation === 0 ? [] : lookup.phones) {
      resets.set(id, Math.max(generation, resets.get(id) ?? 0));
    }
  }
  return resets;
}

/** Returns from when a new policy counts phones as new (epoch ms): from before the first event that waits. */
export function baselineOf(hints: PendingHint[], now: number): number {
  const times = hints.map(({ lookup, writtenAt }) => Math.min(lookup.at ?? writtenAt, writtenAt));
  const first = times.reduce((least, time) => Math.min(least, time), now + BASELINE_MARGIN_MS);
  return Math.max(first - BASELINE_MARGIN_MS, now - MAX_BASELINE_AGE_MS);
}

/** Returns the phones that hints for all policies name. */
export function namedPhones(hints: PendingHint[]): Set<string> {
  const forAll = hints.filter(({ lookup }) => lookup.policy === undefined);
  return new Set(forAll.flatMap(({ lookup }) => [...lookup.phones, ...lookup.others]));
}
