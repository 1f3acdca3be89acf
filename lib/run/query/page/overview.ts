import pLimit from 'p-limit';
import { type Pruned, readRetention } from '../../../ledger/retention/state.ts';
import { type OldPhone, readFreshness } from '../../../ledger/state/freshness.ts';
import { listSettled } from '../../../ledger/state/run-index/list.ts';
import { type RecentRun, readTotals } from '../../../ledger/state/totals.ts';
import { ifReadable } from '../../../ledger/store/object-error.ts';
import type { Store } from '../../../ledger/store/store.ts';
import { nextSlots } from '../../../policy/slots/slots.ts';
import { type ArchiveTotals, archiveTotals } from '../../totals/count-archives.ts';
import { policyStatuses } from '../policy-status.ts';
import { listRuns } from '../runs/list-runs.ts';
import { instantOf, type UnreadableObject } from '../schemas/object.ts';
import type { PolicyStatus } from '../schemas/policy.ts';
import type { RunSummary } from '../schemas/run.ts';
import { unreadableObjects } from '../unreadable.ts';
import { type Night, nightsOf } from './nights.ts';

export const NIGHTS = 30;
const DAY = 86_400_000;
const SLOTS = 3;
const MAX_OPEN = 20;
const POLICIES_AT_ONCE = 8;
const NAMED_PHONES = 5;

/** What the page shows of a policy. */
export type PolicyOverview = {
  status: PolicyStatus;
  nights: Night[];
  /** The next slots. */
  slots: string[];
  open: RunSummary[];
  /** The last runs that drive has counted, newest first; none of runs before it did. */
  recent: RecentRun[];
  archives: ArchiveTotals | undefined;
  /** The phones with the oldest backups, those without any first. */
  oldest: OldPhone[];
  /** The last application of the retention rules. */
  pruned: Pruned | undefined;
};

/** What the page shows of a ledger. */
export type Overview = {
  policies: PolicyOverview[];
  /** Open runs that belong to none of the policies, such as restores. */
  others: RunSummary[];
  unreadable: UnreadableObject[];
};

type Deps = { store: Store; ledger: { bucket: string; prefix: string } };

/**
 * Returns what the page shows of a ledger at `now` (epoch ms), from summaries: the number of reads does not grow with the fleet. An
 * object that cannot be used is named, and what it holds is missing.
 */
export async function readOverview(deps: Deps, now: number): Promise<Overview> {
  const { store } = deps;
  const since = now - (NIGHTS + 1) * DAY;
  const [statuses, settled = [], open] = await Promise.all([
    policyStatuses(deps, now, { summaries: true }),
    ifReadable(listSettled(store, { since, until: now + DAY })),
    ifReadable(listRuns(store, { open: true, max: MAX_OPEN }, now)),
  ]);
  const openRuns = open?.runs ?? [];
  const limit = pLimit(POLICIES_AT_ONCE);
  const policies = await Promise.all(
    statuses.map((status) =>
      limit(async () => {
        const { policy, schedule } = status;
        const runs = settled.filter((run) => run.policy === policy);
        const zone = schedule?.timezone ?? 'UTC';
        return {
          status,
          nights: nightsOf(runs, { zone, days: NIGHTS, now }),
          slots: slotsOf(status),
          open: openRuns.filter((run) => run.policy === policy),
          ...(await factsOf(store, policy)),
        };
      }),
    ),
  );
  const known = new Set(statuses.map(({ policy }) => policy));
  return {
    policies,
    others: openRuns.filter(({ policy }) => !known.has(policy)),
    unreadable: await unreadableObjects(
      store,
      statuses.flatMap((status) => status.unreadable ?? []),
    ),
  };
}

async function factsOf(
  store: Store,
  policy: string,
): Promise<Pick<PolicyOverview, 'recent' | 'archives' | 'oldest' | 'pruned'>> {
  const [totals, freshness, retention] = await Promise.all([
    readTotals(store, policy),
    readFreshness(store, policy),
    readRetention(store, policy),
  ]);
  return {
    recent: totals?.recent.filter(({ kind }) => kind === undefined) ?? [],
    archives: await archiveTotals(store, policy, totals),
    oldest: freshness?.oldest.slice(0, NAMED_PHONES) ?? [],
    pruned: retention?.last,
  };
}

function slotsOf({ next_slot, schedule }: PolicyStatus): string[] {
  if (next_slot === null || schedule === undefined) return [];
  return nextSlots(schedule, Date.parse(next_slot) - 1, SLOTS).map(instantOf);
}
