import type { NotifiedStale } from '../../ledger/state/notified/notified.ts';
import type { Basis, Judgement } from './judge.ts';

const DAY = 24 * 60 * 60_000;
/** A message goes out some minutes after its check: the check of the next day, at the same time, must not be too early. */
const EARLY_MS = 15 * 60_000;

/**
 * Returns whether people are to be notified of a policy: it is stale and they do not know yet, it has become much worse or a day
 * has passed, or it has recovered. `known`: the last message that it is stale. `now` is epoch ms. Pure.
 */
export function needsNotice(
  found: Judgement,
  known: NotifiedStale | undefined,
  { from }: Pick<Basis, 'from'>,
  now: number,
): boolean {
  if (found.state !== 'stale') return known !== undefined && hasRecovered(found);
  if (!isCurrent(known, from) || known.notified_at === undefined) return true;
  return isWorse(found, known) || now >= nextNoticeAt(known) - EARLY_MS;
}

/** Returns when people are reminded that a policy is still stale (epoch ms). */
export function nextNoticeAt({
  at,
  notified_at = at,
}: Pick<NotifiedStale, 'at' | 'notified_at'>): number {
  return notified_at + DAY;
}

/** Returns whether a message is about the present: the policy was neither inactive nor paused since. */
export function isCurrent(known: NotifiedStale | undefined, from: number): known is NotifiedStale {
  return known !== undefined && known.since >= from;
}

/** Returns whether the objective is met, and not just because nothing can be late yet. */
export function hasRecovered({ state, limit, phones }: Judgement): boolean {
  return state === 'fresh' && limit !== undefined && phones?.counted !== 0;
}

/** No phone is fresh any more, or more than twice as many phones have no recent backup. */
function isWorse({ phones }: Judgement, { phones: before }: NotifiedStale): boolean {
  if (phones === undefined || before === undefined) return false;
  if (phones.fresh === 0) return before.fresh > 0;
  return phones.counted - phones.fresh > 2 * (before.counted - before.fresh);
}
