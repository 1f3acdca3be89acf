import { logSettled } from '../state/log-events.ts';
import { recordSettled } from '../../ledger/state/history.ts';
import {
  type LateArchive,
  type OrphanedJobs,
  readLateArchives,
} from '../../ledger/run/orphaned-jobs.ts';
import { type Leftover, leftoversIn } from '../../ledger/catalogue/rebuild/reported-archives.ts';
import type { Plan } from '../../ledger/run/plan.ts';
import {
  readReportedPhones,
  type Report,
  type ReportedPhone,
  writeReport,
} from '../../ledger/run/report.ts';
import { indexRun } from '../../ledger/state/run-index/entry.ts';
import type { RunState } from '../../ledger/run/run-state.ts';
import type { DriveDeps } from '../deps.ts';
import { deletedKeys, deleteSuperseded, leftoversOf } from './delete-superseded.ts';
import { type FoundArchives, findArchives, verifyLostArchives } from './found-archives.ts';
import { orphanRunningJobs } from './orphaned/orphaned-jobs.ts';
import { assertSoleWriter, type OpenRun } from '../state/open-run.ts';
import { untilTimeUp } from '../state/until-time-up.ts';
import { orGiveUp } from './or-give-up.ts';
import { isAllDone } from '../state/steps/agenda.ts';
import { phoneSteps } from '../state/steps/phone-steps.ts';
import { metricsOf, type StoredRun } from '../state/stored-run.ts';
import { countOutcomes, runOutcome } from './outcome.ts';
import { markSuspects } from './mark-suspects.ts';
import { addReported } from './add-reported.ts';
import { drillOf, recordDrilled } from './drill.ts';
import { reportPhone } from './report-phone.ts';
import { recordFreshness } from '../freshness/record.ts';
import { recordTotals } from '../totals/record.ts';
import { checkRecovered } from '../notify/freshness.ts';

const MAX_KEYS = 50;

/** Returns true when every phone of a planned run has its outcome. A run with a report stays settled. */
export function isSettled(run: StoredRun, now: number): boolean {
  if (run.plan === undefined) return false;
  return run.report !== undefined || isAllDone(run, now);
}

/**
 * Settles a run whose phones all have an outcome: deletes superseded archives, stores jobs that still run, writes the report
 * once and records the result. `onReported` gets the stored jobs once the report is written, whatever fails afterwards. Safe to repeat after a crash, or when the time is up: a written report never changes.
 */
export async function settleRun(
  drive: DriveDeps,
  run: OpenRun,
  onReported: (orphaned: OrphanedJobs[]) => void,
): Promise<void> {
  const deps = untilTimeUp(drive);
  const { plan } = run;
  if (plan === undefined) return;
  if (run.report === undefined) onReported(await reportRun(deps, run, plan));
  if (run.report !== undefined) await recordResult(deps, run, plan, run.report);
}

async function reportRun(deps: DriveDeps, run: OpenRun, plan: Plan): Promise<OrphanedJobs[]> {
  const now = deps.clock.now();
  const { kind } = run.request;
  const found = kind === 'restore' ? new Map<string, never>() : await findExports(deps, run, now);
  // Another drive may have restored more.
  if (kind === 'restore') await assertSoleWriter(deps, run);
  const steps = phoneSteps(run, now);
  const orphaned = await orGiveUp(deps, run, 'orphaned_jobs', () => orphanRunningJobs(deps, run));

  const settled = steps.map((step) => reportPhone(run, step, found));
  const marked = await orGiveUp(deps, run, 'suspects', () => markSuspects(deps, plan, settled));
  const phones = marked ?? settled;
  const counts = countOutcomes(
    phones.map((phone) => phone.outcome),
    kind,
  );
  const outcome = runOutcome(counts, {
    failedToStart: plan.failure !== undefined,
    cancelled: run.state.cancelledAt !== undefined,
  });
  const facts = {
    run_id: run.runId,
    ...(kind === undefined ? {} : { kind }),
    policy: run.request.policy,
    trigger: run.request.trigger,
    slot: plan.slot,
    outcome,
    ...(plan.failure === undefined
      ? {}
      : { reason: plan.failure.code, message: plan.failure.message }),
    started_at: new Date(plan.started_at).toISOString(),
    settled_at: new Date(now).toISOString(),
    counts,
    ...drillOf(run, phones),
    listing_complete: plan.listing_complete,
    ...(plan.missing_servers === undefined ? {} : { missing_servers: plan.missing_servers }),
    ...suspectsOf(phones),
    ...failedHooksOf(phones),
    metrics: metricsOf(run, run.unwritten.metrics),
    ...keyLists(deletedKeys(run.state), leftoversOf(run, steps, found), found),
    ...notDoneOf(run.state),
  };
  const written = await orGiveUp(deps, run, 'report', () => writeReport(deps.store, facts, phones));
  run.report = written ?? { ...facts, ...notDoneOf(run.state), phones };
  return orphaned ?? [];
}

/** Returns the archives of a run, after the superseded ones are deleted. */
async function findExports(deps: DriveDeps, run: OpenRun, now: number): Promise<FoundArchives> {
  const found = await findArchives(deps, run);
  await orGiveUp(deps, run, 'confirm_archives', () =>
    verifyLostArchives(deps, run, phoneSteps(run, now), found),
  );
  const steps = phoneSteps(run, now);
  await orGiveUp(deps, run, 'delete_archives', () => deleteSuperseded(deps, run, steps, found));
  return found;
}

function suspectsOf(phones: readonly ReportedPhone[]): Pick<Report, 'suspects'> {
  const suspects = phones.filter(({ suspect }) => suspect === true).length;
  return suspects === 0 ? {} : { suspects };
}

function failedHooksOf(phones: readonly ReportedPhone[]): Pick<Report, 'failed_hooks'> {
  const failed = phones.filter(({ failed_hooks: hooks }) => hooks !== undefined).length;
  return failed === 0 ? {} : { failed_hooks: failed };
}

/** Returns the first keys of each list, and how many are left out: a report has to stay below the size of an object. */
function keyLists(
  deleted: string[],
  leftovers: NonNullable<Report['leftovers']>,
  found: FoundArchives,
) {
  const more = (list: unknown[]): number => Math.max(0, list.length - MAX_KEYS);
  const omitted = { superseded_deleted: more(deleted), leftovers: more(leftovers) };
  return {
    ...(deleted.length === 0 ? {} : { superseded_deleted: deleted.slice(0, MAX_KEYS) }),
    ...(leftovers.length === 0
      ? {}
      : {
          leftovers: leftovers.slice(0, MAX_KEYS),
          leftover_size: sizesOf(leftovers.slice(0, MAX_KEYS), found),
        }),
    ...(omitted.superseded_deleted + omitted.leftovers === 0 ? {} : { omitted }),
  };
}

function sizesOf(leftovers: readonly { key: string }[], found: FoundArchives): number[] {
  const objects = [...found.values()].flat().map(({ object }) => object);
  const sizes = new Map(objects.map(({ key, size }) => [key, size]));
  return leftovers.map(({ key }) => sizes.get(key) ?? 0);
}

function notDoneOf({ notDone }: RunState): Pick<Report, 'not_done'> {
  const given = [...notDone].flatMap(([step, { final }]) =>
    final === undefined ? [] : [{ step, code: final.code, message: final.message }],
  );
  return given.length === 0 ? {} : { not_done: given.sort((a, b) => (a.step < b.step ? -1 : 1)) };
}

/**
 * Records the result in the catalogue, the policy's history and the run index, and logs it. What cannot be written is given up:
 * these are caches.
 */
async function recordResult(
  deps: DriveDeps,
  run: OpenRun,
  plan: Plan,
  report: Report,
): Promise<void> {
  const { store } = deps;
  const { policy, outcome, settled_at } = report;
  const step = (name: Parameters<typeof orGiveUp>[2], work: () => Promise<unknown>) =>
    orGiveUp(deps, run, name, work);
  const read = () => readReportedPhones(store, report);
  const phones = (await orGiveUp(deps, run, 'report_pages', read)) ?? [];
  const planned = [...run.state.phones.values()].map((phone) => phone.planned);
  const settledAt = Date.parse(settled_at);
  const leftovers = allLeftovers(run, report);
  const result = { plan, planned, reported: phones, settledAt, leftovers };
  const isBackup = run.request.kind === undefined;
  if (isBackup) {
    await step('index_archives', async () => {
      await addReported(deps, { ...result, late: await lateOf(store, report, phones) });
    });
  }
  const settled = { run_id: run.runId, outcome, settled_at: settledAt };
  const whole = run.request.phones === undefined;
  // The exports of a restore say nothing about how the policy does.
  if (isBackup && run.request.trigger !== 'restore') {
    await step('history', () => recordSettled(store, policy, settled, { whole }));
  }
  await step('index_run', () => indexRun(store, report));
  await step('drill', () => recordDrilled(store, plan, report));
  await step('totals', () => recordTotals(deps, report, phones));
  if (isBackup) {
    await step('freshness', () => recordBackups(deps, run, report, phones));
    const language = plan.terms?.notify.language ?? 'en';
    await step('recovered', () => checkRecovered(deps, policy, language));
  }
  run.unwritten.result = false;
  logSettled(deps.log, report, phones);
}

/**
 * Returns what arrived after the report of a run that reports unconfirmed archives: a job may have confirmed one since. Of the usual run
 * nothing has to be read.
 */
async function lateOf(
  store: DriveDeps['store'],
  { run_id }: Report,
  phones: readonly ReportedPhone[],
): Promise<LateArchive[]> {
  const isUnsure = phones.some(({ unconfirmed_archive }) => unconfirmed_archive !== undefined);
  return isUnsure ? readLateArchives(store, run_id) : [];
}

/** Returns the superseded archives that stay, also those that the report leaves out. */
function allLeftovers({ state }: OpenRun, report: Report): Leftover[] {
  const stay = [...state.deletions].flatMap(([key, { intent, deleted }]) =>
    intent === undefined || deleted === true ? [] : [{ key }],
  );
  return [...stay, ...leftoversIn(report)];
}

/** Records how recent the policy's backups are now. A run without phones changes nothing. */
async function recordBackups(
  deps: DriveDeps,
  run: OpenRun,
  { run_id, policy, settled_at, counts }: Report,
  reported: ReportedPhone[],
): Promise<void> {
  if (reported.length === 0) return;
  const isFullRun = run.request.phones === undefined;
  if (!isFullRun && counts.exported === 0) return;
  const planned = [...run.state.phones.values()].map((phone) => phone.planned);
  const full = { run_id, policy, settledAt: Date.parse(settled_at), planned, reported };
  await recordFreshness(deps.store, policy, isFullRun ? full : undefined, deps.clock.now());
}
