import pLimit from 'p-limit';
import { putFreshnessHint } from '../../ledger/hints/freshness.ts';
import type { Cursor, Cursors } from '../../ledger/state/cursors.ts';
import { readFreshness } from '../../ledger/state/freshness.ts';
import { readHistory } from '../../ledger/state/history.ts';
import { readNotifiedStale } from '../../ledger/state/notified/notified.ts';
import type { RunDeps } from '../deps.ts';
import { needsNotice, nextNoticeAt } from '../freshness/change.ts';
import { type Basis, basisOf, judge, missedAt, newestEndedSlot } from '../freshness/judge.ts';

const POLICIES_AT_ONCE = 8;

type Deps = Pick<RunDeps, 'clock' | 'log' | 'store'>;

/**
 * Has drive check the policies that seem to have become stale or to have recovered. That can change only when one more slot has
 * ended, or at a time known from the last check: only then is anything read, and never in an idle minute. Returns the cursors
 * with what was checked.
 */
export async function checkFreshness(deps: Deps, cursors: Cursors): Promise<Cursors> {
  const limit = pLimit(POLICIES_AT_ONCE);
  const each = Object.entries(cursors).map(([policy, cursor]) =>
    limit(async () => [policy, await checkPolicy(deps, policy, cursor)] as const),
  );
  return Object.fromEntries(await Promise.all(each));
}

async function checkPolicy(deps: Deps, policy: string, cursor: Cursor): Promise<Cursor> {
  const basis = basisOf(cursor);
  const { freshness } = cursor;
  if (basis?.rule === undefined || freshness === undefined) return cursor;
  const now = deps.clock.now();
  const ended = newestEndedSlot(basis.rule, basis, now);
  const { checked_slot, check_at = Number.POSITIVE_INFINITY, ...rest } = freshness;
  if (ended === undefined || (ended === checked_slot && now < check_at)) return cursor;
  const next = await check(deps, policy, basis, freshness.language);
  return {
    ...cursor,
    freshness: { ...rest, checked_slot: ended, ...(next === undefined ? {} : { check_at: next }) },
  };
}

/** Returns when to check again before the next slot has ended (epoch ms). What cannot be read, drive reads again from its sources. */
async function check(
  { clock, log, store }: Deps,
  policy: string,
  basis: Basis,
  language: 'en' | 'zh',
): Promise<number | undefined> {
  const now = clock.now();
  const freshness = await readFreshness(store, policy);
  const history = freshness === undefined ? await readHistory(store, policy) : undefined;
  const known = await readNotifiedStale(store, policy);
  const found = judge(basis, { freshness, goodAt: history?.good?.settled_at }, now);
  const changed = needsNotice(found, known, basis, now);
  if (changed) await putFreshnessHint(store, { policy, at: now, language });
  if (found.state === 'stale') {
    const { counted, fresh } = found.phones ?? {};
    log.warn('policy_stale', { policy, counted, fresh, notified: !changed });
  }
  const times = [missedAt(basis, freshness, now)];
  if (found.state === 'stale') times.push(nextNoticeAt(changed || !known ? { at: now } : known));
  const next = Math.min(...times.filter((time) => time !== undefined));
  return Number.isFinite(next) ? next : undefined;
}
