import { type Pruned, type RetentionState, writeRetention } from '../../ledger/retention/state.ts';
import type { RunDeps } from '../deps.ts';
import { localeOf } from './locale.ts';
import { publish } from './publish.ts';

const MAX_CODES = 3;

type Deps = Pick<RunDeps, 'log' | 'store' | 'topic' | 'topicUrn'>;

/**
 * Stores what became of a policy's retention, and notifies once when it could not be done: that more than may be deleted at once is due,
 * that archives cannot be read, that last good archives are missing, or that the bucket
 * refuses to delete.
 */
export async function closePrune(deps: Deps, policy: string, state: RetentionState): Promise<void> {
  const { last } = state;
  const problem = last && problemOf(last);
  let notified = problem === undefined ? undefined : state.notified;
  if (last !== undefined && problem !== undefined && problem !== notified) {
    const locale = await localeOf(deps.store, policy);
    const codes = codesOf(last);
    if (await publish(deps, { kind: 'prune', policy, pruned: last, codes }, locale)) {
      notified = problem;
      deps.log.info('notified', { policy, kind: 'prune' });
    }
  }
  const stored = { ...state };
  if (notified === undefined) delete stored.notified;
  else stored.notified = notified;
  await writeRetention(deps.store, stored, policy);
}

/** Returns the problem to notify, once as long as it is the same; undefined when nothing is wrong, or another notification names it. */
function problemOf({ blocked, refused, missing, ...last }: Pruned): string | undefined {
  if (blocked === 'max_delete' || blocked === 'unreadable' || blocked === 'failed') return blocked;
  const problems = [
    ...(missing > 0 ? [`missing ${missing}`] : []),
    ...(refused > 0 ? [`refused ${codesOf(last).join(' ')}`] : []),
  ];
  return problems.length === 0 ? undefined : problems.join(', ');
}

function codesOf({ refusals }: Pick<Pruned, 'refusals'>): string[] {
  return [...new Set(refusals.map(({ code }) => code))].sort().slice(0, MAX_CODES);
}
