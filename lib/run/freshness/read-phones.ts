import type { Freshness } from '../../ledger/state/freshness.ts';
import { type Archive, lastArchives } from '../../ledger/state/phones.ts';
import { listIndexedRuns } from '../../ledger/state/run-index.ts';
import { type PlannedPhone, readPlan } from '../../ledger/run/plan.ts';
import { readReport, readReportedPhones, type ReportedPhone } from '../../ledger/run/report.ts';
import { ifReadable } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';
import type { PhoneBackup } from './summarize.ts';

const MAX_RUNS = 20;
const LOOK_BACK_MS = 31 * 24 * 60 * 60_000;

type Reader = Pick<Store, 'get' | 'prefix'>;

/** A settled run of all phones of its policy. `settledAt` is epoch ms. */
export type FullRun = {
  run_id: string;
  policy: string;
  settledAt: number;
  planned: readonly Pick<PlannedPhone, 'phone_id' | 'phone_name'>[];
  reported: readonly ReportedPhone[];
};

export type BackedUpPhone = PhoneBackup & { archive?: Archive };

/**
 * Returns the phones of a run with their last verified archives. Where the index does not show the archive that the run
 * reports, the time of the report counts.
 */
export async function backedUpPhones(
  store: Reader,
  { run_id, policy, settledAt, planned, reported }: FullRun,
): Promise<BackedUpPhone[]> {
  const ids = reported.map(({ phone_id }) => phone_id);
  const { archives, unreadable } = await lastArchives(store, policy, ids);
  const names = new Map(planned.map(({ phone_id, phone_name }) => [phone_id, phone_name]));
  return reported.map((phone) => {
    const { phone_id, outcome, reason, code } = phone;
    const archive = archives.get(phone_id) ?? reportedArchive(phone, { run_id, settledAt });
    const verified_at = archive?.verified_at;
    return {
      ...{ phone_id, phone_name: names.get(phone_id) ?? '', outcome },
      ...(reason === undefined ? {} : { reason }),
      ...(code === undefined ? {} : { code }),
      ...(verified_at === undefined ? {} : { verified_at }),
      ...(archive === undefined ? {} : { archive }),
      ...(unreadable.has(phone_id) ? { unknown: true } : {}),
    };
  });
}

function reportedArchive(
  { outcome, bucket, key, size, etag }: ReportedPhone,
  { run_id, settledAt }: Pick<FullRun, 'run_id' | 'settledAt'>,
): Archive | undefined {
  if (outcome !== 'exported' || bucket === undefined || key === undefined) return undefined;
  return { run_id, bucket, key, size: size ?? 0, etag: etag ?? '', verified_at: settledAt };
}

/** Returns a settled run with its phones; undefined when it was of some phones only, or selected none. Throws ObjectError. */
export async function readFullRun(store: Reader, runId: string): Promise<FullRun | undefined> {
  const stored = await readPlan(store, runId);
  const report = await readReport(store, runId);
  if (stored === undefined || report === undefined) return undefined;
  if (stored.plan.request.phones !== undefined || report.counts.selected === 0) return undefined;
  return {
    ...{ run_id: runId, policy: report.policy, settledAt: Date.parse(report.settled_at) },
    planned: stored.phones,
    reported: await readReportedPhones(store, report),
  };
}

/**
 * Returns the last run of all phones of a policy: the one of its summary `known`, else from the index of runs of the last 31
 * days. Passes over unreadable runs. `now` is epoch ms.
 */
export async function lastFullRun(
  store: Reader & Pick<Store, 'list'>,
  policy: string,
  known: Freshness | undefined,
  now: number,
): Promise<FullRun | undefined> {
  const run = known && (await ifReadable(readFullRun(store, known.run_id)));
  if (run !== undefined) return run;
  const since = now - LOOK_BACK_MS;
  const { runs } = await listIndexedRuns(store, { policy, since, max: MAX_RUNS });
  for (const { run_id } of runs) {
    const found = await ifReadable(readFullRun(store, run_id));
    if (found !== undefined) return found;
  }
  return undefined;
}
