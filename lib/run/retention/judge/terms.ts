import { includeSet } from '../../../ledger/catalogue/archive.ts';
import { readResets, type Resets } from '../../../ledger/catalogue/rebuild/resets.ts';
import { type Block, readRetention, type RetentionState } from '../../../ledger/retention/state.ts';
import { readCursors } from '../../../ledger/state/cursors.ts';
import { readFreshness } from '../../../ledger/state/freshness.ts';
import { readHistory } from '../../../ledger/state/history.ts';
import type { RetentionRules } from '../../../policy/retention/archive.ts';
import type { Terms } from '../../../policy/retention/judge.ts';
import { periodsIn } from '../../../policy/retention/periods.ts';
import type { Policy } from '../../../policy/schema/schema.ts';
import type { RunDeps } from '../../deps.ts';
import { basisOf, judge } from '../../freshness/judge.ts';
import { readPolicy } from '../../state/read-policy.ts';

type Deps = Pick<RunDeps, 'clock' | 'ledger'> & { store: Pick<RunDeps['store'], 'get' | 'list'> };

/** What the archives of a policy are judged by. `block`: why nothing of it may be deleted, whatever the rules say. */
export type PolicyTerms = {
  policy: string;
  terms: Omit<Terms, 'generation'>;
  resets: Resets;
  state: RetentionState;
  block: Block | undefined;
};

/** The rules of a policy that has none, or whose file is gone: nothing is deleted. */
const KEEP_ALL: RetentionRules = { manual: false, max_delete: 20 };

/**
 * Returns what the archives of a policy are judged by at present, from its file, or from `parsed`, a file that is not in the bucket yet.
 * Throws ObjectError when the file cannot be read.
 */
export async function policyTerms(
  deps: Deps,
  policy: string,
  parsed?: Policy,
): Promise<PolicyTerms> {
  const { store, clock } = deps;
  const file = parsed === undefined ? await readPolicy(deps, policy) : undefined;
  const own = parsed ?? (file?.parsed.ok === true ? file.parsed.policy : undefined);
  const [state, resets] = await Promise.all([readRetention(store, policy), readResets(store)]);
  const now = clock.now();
  const terms = termsOf(own, state, now);
  const isStale = own?.retention !== undefined && (await isPolicyStale(store, policy, now));
  const block = blockOf({ isGone: parsed === undefined && file === undefined, own, isStale });
  return { policy, terms, resets, state: state ?? {}, block };
}

function termsOf(
  own: Policy | undefined,
  state: RetentionState | undefined,
  now: number,
): PolicyTerms['terms'] {
  const rules = own?.retention ?? KEEP_ALL;
  const { include, exclude } = own?.export ?? { include: [], exclude: [] };
  const { digest } = includeSet(include, exclude);
  const known = state?.includes;
  return {
    ...{ now, rules, periodsOf: periodsIn(rules.timezone ?? 'UTC') },
    ...{ includes: digest, includesSince: known?.digest === digest ? known.since : now },
  };
}

function blockOf(facts: {
  isGone: boolean;
  own: Policy | undefined;
  isStale: boolean;
}): Block | undefined {
  const { isGone, own, isStale } = facts;
  if (isGone) return 'policy_gone';
  if (own === undefined) return 'policy_invalid';
  if (own.retention === undefined) return 'no_rules';
  return isStale ? 'stale' : undefined;
}

/** Returns whether too few of the policy's phones have a recent backup. */
async function isPolicyStale(
  store: Pick<RunDeps['store'], 'get'>,
  policy: string,
  now: number,
): Promise<boolean> {
  const cursors = await readCursors(store);
  const basis = basisOf(Object.hasOwn(cursors, policy) ? cursors[policy] : undefined);
  if (basis === undefined) return false;
  const [freshness, history] = await Promise.all([
    readFreshness(store, policy),
    readHistory(store, policy),
  ]);
  const known = { freshness, goodAt: history?.good?.settled_at };
  return judge(basis, known, now).state === 'stale';
}
