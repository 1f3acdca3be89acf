import type { Freshness } from '../../ledger/state/freshness.ts';
import { lastArchives } from '../../ledger/catalogue/last-archives.ts';
import { reportedObject } from '../../ledger/catalogue/rebuild/reported-archives.ts';
import { listIndexedRuns } from '../../ledger/state/run-index/list.ts';
import type { PlannedPhone } from '../../ledger/run/plan.ts';
import type { ReportedPhone } from '../../ledger/run/report.ts';
import { readWhole } from '../../ledger/run/settled/read-settled.ts';
import { ifReadable } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';
import type { PhoneBackup } from './summarize.ts';

const MAX_RUNS = 20;
const LOOK_BACK_MS = 31 * 24 * 60 * 60_000;

type Reader = Pick<Store, 'get' | 'list' | 'prefix'>;

/** The last verified archive of a phone. `verified_at` is epoch ms. */
type LastArchive = {
  run_id: string;
  bucket: string;
  key: string;
  size: number;
  verified_at: number;
};

/** A settled run of all phones of its policy. `settledAt` is epoch ms. */
export type FullRun = {
  run_id: string;
  policy: string;
  settledAt: number;
  planned: readonly Pick<PlannedPhone, 'phone_id' | 'phone_name'>[];
  reported: readonly ReportedPhone[];
};

export type BackedUpPhone = PhoneBackup & { archive?: LastArchive };

/** Returns the phones of a run with their last verified archives: those that it reports, unless the catalogue has newer ones. */
export async function backedUpPhones(
  store: Reader,
  { run_id, policy, settledAt, planned, reported }: FullRun,
): Promise<BackedUpPhone[]> {
  const own = new Map(reported.map((phone) => [phone.phone_id, reportedObject(phone, settledAt)]));
  const since = new Map([...own].map(([id, archive]) => [id, archive?.verified_at ?? 0]));
  const { archives, unreadable } = await lastArchives(store, policy, since);
  const names = new Map(planned.map(({ phone_id, phone_name }) => [phone_id, phone_name]));
  return reported.map(({ phone_id, outcome, reason, code }) => {
    const ofRun = own.get(phone_id);
    const archive = archives.get(phone_id) ?? (ofRun && { run_id, ...ofRun });
    const phone: BackedUpPhone = { phone_id, phone_name: names.get(phone_id) ?? '', outcome };
    if (reason !== undefined) phone.reason = reason;
    if (code !== undefined) phone.code = code;
    if (archive !== undefined) {
      phone.verified_at = archive.verified_at;
      phone.archive = archive;
    }
    if (unreadable.has(phone_id)) phone.unknown = true;
    return phone;
  });
}

/**
 * Returns a settled run with its phones; undefined when it was of some phones only, selected none, or is folded: then it has only some
 * of its phones. Throws ObjectError.
 */
export async function readFullRun(store: Reader, runId: string): Promise<FullRun | undefined> {
  const run = await readWhole(store, runId);
  if (run === undefined) return undefined;
  const { plan, report, planned, reported } = run;
  if (plan.request.phones !== undefined || report.counts.selected === 0) return undefined;
  const settledAt = Date.parse(report.settled_at);
  return { run_id: runId, policy: report.policy, settledAt, planned, reported };
}

/**
 * Returns the last run of all phones of a policy: the one of its summary `known`, else from the index of runs of the last 31
 * days. Passes over unreadable runs. `now` is epoch ms.
 */
export async function lastFullRun(
  store: Reader,
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
