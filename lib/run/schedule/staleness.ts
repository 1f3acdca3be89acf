import pLimit from 'p-limit';
import { PhonevaultError } from '../../errors.ts';
import type { Cursor, Cursors } from '../../ledger/state/cursors.ts';
import { readHistoryStrictly } from '../../ledger/state/history.ts';
import { putStale, type Stale } from '../../ledger/hints/staleness.ts';
import { readNotifiedStale } from '../../ledger/state/notified.ts';
import type { RunDeps } from '../deps.ts';
import { type FreshnessFacts, freshnessOf, newestEndedSlot } from '../query/freshness.ts';

const POLICIES_AT_ONCE = 8;

type Deps = Pick<RunDeps, 'clock' | 'log' | 'store'>;

/**
 * Has drive notify of policies that have become stale. A policy can become stale only when one more of its slots has ended,
 * so its history is read once a slot and never in an idle minute. Returns the cursors with the checked slots. A policy whose
 * history cannot be read is checked again in the next minute.
 */
export async function checkFreshness(deps: Deps, cursors: Cursors): Promise<Cursors> {
  const limit = pLimit(POLICIES_AT_ONCE);
  const each = Object.entries(cursors).map(([policy, cursor]) =>
    limit(async () => [policy, await checkPolicy(deps, policy, cursor)] as const),
  );
  return Object.fromEntries(await Promise.all(each));
}

async function checkPolicy(deps: Deps, policy: string, cursor: Cursor): Promise<Cursor> {
  const { active, schedule: rule, freshness, paused_until = 0 } = cursor;
  if (!active || rule === undefined || freshness === undefined) return cursor;
  const { deadline, language } = freshness;
  const from = Math.max(freshness.counts_from, paused_until);
  const ended = newestEndedSlot(rule, { deadline, from }, deps.clock.now());
  if (ended === undefined || ended === freshness.checked_slot) return cursor;
  try {
    await reportIfStale(deps, policy, { rule, deadline, from }, language);
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    deps.log.warn('freshness_unknown', { policy, code: error.code, message: error.message });
    return cursor;
  }
  return { ...cursor, freshness: { ...freshness, checked_slot: ended } };
}

async function reportIfStale(
  deps: Deps,
  policy: string,
  facts: Omit<FreshnessFacts, 'goodAt'>,
  language: Stale['language'],
): Promise<void> {
  const goodAt = (await readHistoryStrictly(deps.store, policy))?.good?.settled_at;
  if (freshnessOf({ ...facts, goodAt }, deps.clock.now()) !== 'stale') return;
  const since = Math.max(goodAt ?? 0, facts.from);
  const known = await readNotifiedStale(deps.store, policy);
  const notified = known?.notified_at !== undefined && known.since >= since;
  if (!notified) await putStale(deps.store, { policy, since, language });
  deps.log.warn('policy_stale', { policy, since: new Date(since).toISOString(), notified });
}
