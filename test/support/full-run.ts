import { writeCursors } from '../../lib/ledger/state/cursors.ts';
import { indexArchives } from '../../lib/ledger/state/phones.ts';
import { indexRun } from '../../lib/ledger/state/run-index.ts';
import { writePlan } from '../../lib/ledger/run/plan.ts';
import { type ReportedPhone, writeReport } from '../../lib/ledger/run/report.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { countOutcomes } from '../../lib/run/settle/outcome.ts';
import { MINUTE, plannedPhone, T0 } from './runs.ts';

export const DAY = 24 * 60 * MINUTE;

type Phone = Partial<ReportedPhone> & {
  /** When its last archive was verified (epoch ms); with its run unless given. */
  verified_at?: number;
};

type Settled = {
  policy?: string;
  /** Phones by id. */
  phones: Record<string, Phone>;
  /** Set for a run of requested phones. */
  requested?: string[];
  settledAt?: number;
};

/** Stores a settled run: plan, report, index of runs and index of archives. */
export async function storeRun(
  store: Store,
  run_id: string,
  { policy = 'nightly', phones, requested, settledAt = T0 }: Settled,
): Promise<void> {
  const slot = '20260102T023000Z';
  const request = {
    ...{ run_id, policy, trigger: 'timer' as const, slot },
    ...(requested === undefined ? {} : { phones: requested }),
  };
  const planned = Object.keys(phones).map((id) => plannedPhone(id));
  const plan = { request, slot, started_at: T0, listing_complete: true, selected: planned.length };
  await writePlan(store, plan, planned);
  const reported = Object.entries(phones).map(([phone_id, { verified_at: _, ...own }]) => ({
    ...{ phone_id, outcome: 'exported' as const, attempts: 1 },
    ...{ bucket: 'my-phone-backups', key: `${run_id}/${phone_id}.tar`, size: 2_048, etag: 'e' },
    ...own,
  }));
  const at = new Date(settledAt).toISOString();
  const facts = {
    ...{ run_id, policy, trigger: 'timer' as const, slot, outcome: 'completed' as const },
    ...{ started_at: at, settled_at: at, listing_complete: true },
    counts: countOutcomes(reported.map(({ outcome }) => outcome)),
  };
  await indexRun(store, await writeReport(store, facts, reported));
  const archived = Object.entries(phones).filter(
    ([, { outcome = 'exported', verified_at }]) =>
      outcome === 'exported' || verified_at !== undefined,
  );
  await indexArchives(
    store,
    archived.map(([phone_id, { verified_at = settledAt }]) => ({
      ...{ phone_id, phone_name: `game-${phone_id}`, policy },
      archive: {
        ...{ run_id, bucket: 'my-phone-backups', key: `${run_id}/${phone_id}.tar` },
        ...{ size: 2_048, etag: 'e', verified_at },
      },
    })),
  );
}

/** Has schedule know `nightly` as active, every day at 02:30 UTC, for a long time. */
export async function activate(
  store: Store,
  { policy = 'nightly', from = 0, objective = { phones: 90 } } = {},
): Promise<void> {
  const schedule = { cron: '0 30 2 * * *', timezone: 'UTC', start_within: 120 * MINUTE };
  const freshness = {
    ...{ counts_from: from, deadline: 120 * MINUTE, objective, language: 'en' as const },
  };
  const cursor = { etag: 'e', active: true, schedule, handled_until: T0, freshness };
  await writeCursors(store, { [policy]: cursor });
}
