import pLimit from 'p-limit';
import { PhonevaultError } from '../../errors.ts';
import type { Cursor, Cursors } from '../../ledger/state/cursors.ts';
import { readHistory } from '../../ledger/state/history.ts';
import { putStale, readNotifiedStale } from '../../ledger/state/staleness.ts';
import type { RunDeps } from '../deps.ts';
import { freshnessOf, lastOver } from '../query/freshness.ts';

const AT_ONCE = 8;

type Deps = Pick<RunDeps, 'clock' | 'log' | 'store'>;

/**
 * Has drive tell of the policies that have become stale. A policy can become so only when one more of its slots should be
 * over, so its history is read once a slot and never in an idle minute. Answers the cursors with what was judged noted; a
 * policy that could not be judged is looked at again in the next minute.
 */
export async function checkFreshness(deps: Deps, cursors: Cursors): Promise<Cursors> {
  const limit = pLimit(AT_ONCE);
  const each = Object.entries(cursors).map(([policy, cursor]) =>
    limit(async () => [policy, await judgeOne(deps, policy, cursor)] as const),
  );
  return Object.fromEntries(await Promise.all(each));
}

async function judgeOne(deps: Deps, policy: string, cursor: Cursor): Promise<Cursor> {
  const { active, rule, freshness, paused_until = 0 } = cursor;
  if (!active || rule === undefined || freshness === undefined) return cursor;
  const now = deps.clock.now();
  const { deadline, language } = freshness;
  const from = Math.max(freshness.from, paused_until);
  const over = lastOver(rule, { deadline, from }, now);
  if (over === undefined || over === freshness.judged) return cursor;
  try {
    const goodAt = (await readHistory(deps.store, policy))?.good?.settled_at;
    if (freshnessOf({ rule, deadline, from, goodAt }, now) === 'stale') {
      const since = Math.max(goodAt ?? 0, from);
      const told = await readNotifiedStale(deps.store, policy);
      const isTold = told?.told_at !== undefined && told.since >= since;
      if (!isTold) await putStale(deps.store, { policy, since, language });
      deps.log.warn('stale', { policy, since: new Date(since).toISOString(), told: isTold });
    }
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    deps.log.warn('freshness_unknown', { policy, code: error.code, message: error.message });
    return cursor;
  }
  return { ...cursor, freshness: { ...freshness, judged: over } };
}
