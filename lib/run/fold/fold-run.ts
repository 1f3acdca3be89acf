import type { EventOf } from '../../ledger/run/events.ts';
import { readDeleted, readDeletions } from '../../ledger/run/deleted-archives.ts';
import { readLog } from '../../ledger/run/log/log.ts';
import type { ReportedPhone } from '../../ledger/run/report.ts';
import {
  type FoldedPhone,
  type FoldedRun,
  readFolded,
  readFoldedPhones,
  writeFolded,
} from '../../ledger/run/settled/folded-run.ts';
import { readWhole, type SettledRun } from '../../ledger/run/settled/read-settled.ts';
import { readFreshness } from '../../ledger/state/freshness.ts';
import { layout } from '../../ledger/store/layout.ts';
import { ifReadable } from '../../ledger/store/object-error.ts';
import { grouped } from '../../ledger/store/parts/grouped.ts';
import type { RunDeps } from '../deps.ts';

/** The notification stands in one of the last entries of a log. */
const MAX_ENTRIES = 8;

type Deps = Pick<RunDeps, 'log' | 'store'>;

/** kept: it has to stay as it is. refused: the bucket deletes nothing. */
export type FoldResult = 'folded' | 'kept' | 'refused';

/**
 * Folds a settled run into one object: its report without phones, and the phones whose archives still stand, from which the catalogue
 * can be rebuilt. Then deletes the rest of its folder. Safe to repeat: what it is folded into is written once. The run that says how
 * fresh its policy's backups are stays whole. Throws ObjectError and what a call failed with.
 */
export async function foldRun(deps: Deps, runId: string): Promise<FoldResult> {
  const folded = (await readFolded(deps.store, runId)) ?? (await writeSummary(deps, runId));
  if (folded === undefined) return 'kept';
  return (await removeRest(deps, runId, folded)) ? 'folded' : 'refused';
}

async function writeSummary({ store }: Deps, runId: string): Promise<FoldedRun | undefined> {
  const run = await readWhole(store, runId);
  if (run?.reads === undefined) return undefined;
  const freshness = await readFreshness(store, run.plan.request.policy);
  if (freshness?.run_id === runId) return undefined;
  const deleted = await readDeleted(store, runId);
  const { leftovers = [], leftover_size = [], ...report } = run.report;
  const standing = leftovers
    .map((leftover, index) => ({ leftover, size: leftover_size[index] ?? 0 }))
    .filter(({ leftover }) => !deleted.has(leftover.key));
  const notified = await notificationOf(store, runId);
  const facts = {
    plan: run.plan,
    report: {
      ...report,
      ...(standing.length === 0
        ? {}
        : {
            leftovers: standing.map(({ leftover }) => leftover),
            leftover_size: standing.map(({ size }) => size),
          }),
    },
    ...(notified === undefined ? {} : { notified }),
  };
  return writeFolded(store, facts, standingPhones(run, deleted));
}

/** Returns the phones of which the run has an archive that is not deleted. */
function standingPhones(
  { planned, reported, late, reads = [] }: SettledRun,
  deleted: ReadonlySet<string>,
): FoldedPhone[] {
  const readOf = new Map([...reads].reverse().map((read) => [read.phone_id, read]));
  const names = new Map(planned.map((phone) => [phone.phone_id, phone]));
  const arrived = grouped(
    late.filter(({ key }) => !deleted.has(key)),
    ({ phone_id }) => phone_id,
  );
  return reported.flatMap((phone) => {
    const { phone_name = '', server_id = '', image_version } = names.get(phone.phone_id) ?? {};
    const own = withoutDeleted(phone, deleted);
    const after = arrived.get(phone.phone_id);
    const read = own.key === undefined ? undefined : readOf.get(phone.phone_id);
    const stands =
      own.key !== undefined || own.unconfirmed_archive !== undefined || after !== undefined;
    if (!stands) return [];
    return {
      ...{ ...own, phone_name, server_id },
      ...(image_version === undefined ? {} : { image_version }),
      ...(after === undefined ? {} : { late: after }),
      ...(read === undefined ? {} : { read }),
    };
  });
}

/** Returns a phone without its archives that are deleted. */
function withoutDeleted(phone: ReportedPhone, deleted: ReadonlySet<string>): ReportedPhone {
  const { bucket, key, size, etag, verified_at, suspect, ...rest } = phone;
  const { unconfirmed_archive = [], unconfirmed_size = [], ...facts } = rest;
  const archive = { bucket, key, size, etag, verified_at, suspect };
  const unconfirmed = unconfirmed_archive
    .map((one, index) => ({ key: one, size: unconfirmed_size[index] ?? 0 }))
    .filter((one) => !deleted.has(one.key));
  const isGone = key === undefined || deleted.has(key);
  return {
    ...facts,
    ...(isGone ? {} : archive),
    ...(unconfirmed.length === 0
      ? {}
      : {
          unconfirmed_archive: unconfirmed.map((one) => one.key),
          unconfirmed_size: unconfirmed.map((one) => one.size),
        }),
  };
}

/** Returns the notification of a run, from the end of its log. */
async function notificationOf(store: Deps['store'], runId: string): Promise<FoldedRun['notified']> {
  const entries = (await store.list(layout.log(runId))).slice(-MAX_ENTRIES);
  const last = { get: store.get, list: async () => entries };
  const events = await ifReadable(readLog(last, runId));
  const found = events?.find((event): event is EventOf<'notified'> => event.type === 'notified');
  if (found === undefined) return undefined;
  const { at, message_id, skipped } = found;
  return {
    at,
    ...(message_id === undefined ? {} : { message_id }),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

/**
 * Deletes what a folded run needs no more: first its plan, then its report, so that no reader meets a report whose pages are gone, and no
 * drive a plan without a report. A record of deleted archives stays while what the run is folded into names one of them. Returns false when
 * the bucket refuses.
 */
async function removeRest(
  { log, store }: Deps,
  runId: string,
  folded: FoldedRun,
): Promise<boolean> {
  const phones = await readFoldedPhones(store, folded);
  const named = new Set([
    ...(folded.report.leftovers ?? []).map(({ key }) => key),
    ...phones.flatMap(({ key, unconfirmed_archive = [], late = [] }) => [
      ...(key === undefined ? [] : [key]),
      ...unconfirmed_archive,
      ...late.map((archive) => archive.key),
    ]),
  ]);
  const kept = new Set([layout.folded(runId), ...folded.parts]);
  for (const { record, archives } of await readDeletions(store, runId)) {
    if (archives.some((key) => named.has(key))) kept.add(record);
  }
  const listed = (await store.list(layout.run(runId))).map(({ key }) => key);
  const rest = new Set(listed.filter((key) => !kept.has(key)));
  for (const key of [layout.plan(runId), layout.report(runId)]) {
    const [refused] = await store.remove([key]);
    if (refused !== undefined) {
      log.warn('run_not_folded', { run: runId, key, code: refused.code });
      return false;
    }
    rest.delete(key);
  }
  const [refused] = await store.remove([...rest]);
  if (refused !== undefined) log.warn('run_not_folded', { run: runId, ...refused });
  return true;
}
