import type { NotifiedStale } from '../../ledger/state/notified.ts';
import type { Basis, Judgement } from './judge.ts';

/** A day, less what a check may be early. */
const AGAIN_AFTER_MS = 23 * 60 * 60_000;

/**
 * Returns whether people are to be notified of a policy: it is stale and they do not know yet or it has become much worse, or it
 * has recovered. `known`: the last message that it is stale. `now` is epoch ms. Pure.
 */
export function needsNotice(
  found: Judgement,
  known: NotifiedStale | undefined,
  { from }: Pick<Basis, 'from'>,
  now: number,
): boolean {
  if (found.state !== 'stale') return known !== undefined && hasRecovered(found);
  return !isCurrent(known, from) || known.notified_at === undefined || isWorse(found, known, now);
}

/** Returns whether a message is about the present: the policy was neither inactive nor paused since. */
export function isCurrent(known: NotifiedStale | undefined, from: number): known is NotifiedStale {
  return known !== undefined && known.since >= from;
}

/** Returns whether the objective is met, and not just because nothing can be late yet. */
export function hasRecovered({ state, limit, phones }: Judgement): boolean {
  return state === 'fresh' && limit !== undefined && phones?.counted !== 0;
}

/** No phone is fresh any more: at once. More than twice as many phones without a recent backup: at most daily. */
function isWorse(
  { phones }: Judgement,
  { phones: before, notified_at }: NotifiedStale,
  now: number,
) {
  if (phones === undefined || before === undefined) return false;
  if (phones.fresh === 0) return before.fresh > 0;
  const isDouble = phones.counted - phones.fresh > 2 * (before.counted - before.fresh);
  return isDouble && now - (notified_at ?? 0) >= AGAIN_AFTER_MS;
}
