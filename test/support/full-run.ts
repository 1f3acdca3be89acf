import { writeCursors } from '../../lib/ledger/state/cursors.ts';
import { addArchives } from '../../lib/ledger/catalogue/add.ts';
import { indexRun } from '../../lib/ledger/state/run-index/entry.ts';
import { writePlan } from '../../lib/ledger/run/plan.ts';
import { type ReportedPhone, writeReport } from '../../lib/ledger/run/report.ts';
import type { Terms } from '../../lib/ledger/run/plan.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { countOutcomes } from '../../lib/run/settle/outcome.ts';
import { archiveOf } from './archives.ts';
import { MINUTE, plannedPhone, T0, terms } from './runs.ts';

export const DAY = 24 * 60 * MINUTE;

type Phone = Partial<Omit<ReportedPhone, 'verified_at'>> & {
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
  /** What differs in its terms. */
  terms?: Partial<Terms>;
};

/** Stores a settled run: plan, report, index of runs and catalogue. */
export async function storeRun(
  store: Store,
  run_id: string,
  { policy = 'nightly', phones, requested, settledAt = T0, terms: changes }: Settled,
): Promise<void> {
  const slot = '20260102T023000Z';
  const request = {
    ...{ run_id, policy, trigger: 'timer' as const, slot },
    ...(requested === undefined ? {} : { phones: requested }),
  };
  const planned = Object.keys(phones).map((id) => plannedPhone(id));
  const plan = {
    request,
    slot,
    started_at: T0,
    listing_complete: true,
    selected: planned.length,
    terms: { ...terms, ...changes },
  };
  await writePlan(store, plan, planned);
  const reported = Object.entries(phones).map(([phone_id, phone]): ReportedPhone => {
    const { verified_at = settledAt, outcome = 'exported', ...own } = phone;
    const { bucket, key, size, etag } = archiveOf(phone_id, verified_at, { run_id, policy });
    const archive = { bucket, key, size, etag, verified_at: new Date(verified_at).toISOString() };
    return { phone_id, outcome, attempts: 1, ...(outcome === 'exported' ? archive : {}), ...own };
  });
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
  await addArchives(
    store,
    archived.map(([id, { verified_at = settledAt }]) =>
      archiveOf(id, verified_at, { run_id, policy }),
    ),
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
