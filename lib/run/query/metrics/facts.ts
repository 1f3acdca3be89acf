import pLimit from 'p-limit';
import { readRetention, type RetentionState } from '../../../ledger/retention/state.ts';
import { type Limits, readLimits } from '../../../ledger/state/limits.ts';
import { readTotals, type Totals } from '../../../ledger/state/totals.ts';
import { layout } from '../../../ledger/store/layout.ts';
import type { Store } from '../../../ledger/store/store.ts';
import { POLICY_NAME } from '../../../names.ts';
import { type ArchiveTotals, archiveTotals } from '../../totals/count-archives.ts';
import { policyStatuses } from '../policy-status.ts';
import type { PolicyStatus } from '../schemas/policy.ts';
import { unreadableObjects } from '../unreadable.ts';

const POLICIES_AT_ONCE = 8;

/** A policy, and what is known of its archives and of retention. */
export type PolicyFacts = {
  status: PolicyStatus;
  totals: Totals | undefined;
  archives: ArchiveTotals | undefined;
  retention: RetentionState | undefined;
};

/** All that the metrics are made of. */
export type MetricsFacts = {
  version: string;
  /** Epoch ms. */
  now: number;
  policies: PolicyFacts[];
  /** By the policy of the runs; also of policies that are gone, so that no counter falls, and of restores. */
  totals: ReadonlyMap<string, Totals>;
  limits: Limits;
  unreadable: number;
};

type Deps = { store: Store; ledger: { bucket: string; prefix: string } };

/**
 * Reads what the metrics are made of at `now` (epoch ms), from summaries: the number of reads grows with the policies, not with the
 * phones. Writes nothing. A summary that cannot be read counts as absent.
 */
export async function readMetricsFacts(
  deps: Deps,
  version: string,
  now: number,
): Promise<MetricsFacts> {
  const { store } = deps;
  const statuses = await policyStatuses(deps, now, { summaries: true });
  const [totals, limits, unreadable] = await Promise.all([
    allTotals(store),
    readLimits(store),
    unreadableObjects(
      store,
      statuses.flatMap((status) => status.unreadable ?? []),
    ),
  ]);
  const limit = pLimit(POLICIES_AT_ONCE);
  // A file with another name is no policy.
  const policies = statuses.filter(({ policy }) => POLICY_NAME.test(policy));
  return {
    version,
    now,
    policies: await Promise.all(
      policies.map((status) => limit(() => policyFacts(store, status, totals.get(status.policy)))),
    ),
    totals,
    limits,
    unreadable: unreadable.length,
  };
}

async function allTotals(store: Store): Promise<Map<string, Totals>> {
  const limit = pLimit(POLICIES_AT_ONCE);
  const names = (await store.list(layout.allTotals))
    .map(({ key }) => key.slice(layout.allTotals.length, -'.json'.length))
    .filter((name) => POLICY_NAME.test(name));
  const found = await Promise.all(
    names.map((name) => limit(async () => [name, await readTotals(store, name)] as const)),
  );
  return new Map(found.flatMap(([name, own]) => (own === undefined ? [] : [[name, own]])));
}

async function policyFacts(
  store: Store,
  status: PolicyStatus,
  totals: Totals | undefined,
): Promise<PolicyFacts> {
  const [archives, retention] = await Promise.all([
    archiveTotals(store, status.policy, totals),
    readRetention(store, status.policy),
  ]);
  return { status, totals, archives, retention };
}
