import { isMissingPath } from '../../cloud/cph/error-codes.ts';
import type { RunEvent } from '../../ledger/run/events.ts';
import type { Plan, PlannedPhone, RestoreTerms } from '../../ledger/run/plan.ts';
import { writePlan } from '../../ledger/run/plan.ts';
import { readReport, readReportedPhones, type ReportedPhone } from '../../ledger/run/report.ts';
import { putRequest, readRequest } from '../../ledger/run/request.ts';
import { archiveKey } from '../../policy/keys/keys.ts';
import { stamp } from '../../policy/keys/stamp.ts';
import type { RunDeps } from '../deps.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { phoneSteps } from '../state/steps/phone-steps.ts';

const LOOK_EVERY_MS = 10_000;
const HOUR = 60 * 60_000;

type SafetyRun = RestoreTerms['safety_runs'][number];
type Ended = Pick<ReportedPhone, 'phone_id' | 'outcome' | 'reason' | 'code' | 'key'>;

/**
 * Exports the phones of a restore before they are overwritten, by runs of their own, and records which were exported. A phone
 * without anything to export needs no archive. `open`: the open runs by id, whose phones need not wait for the others.
 */
export async function awaitExports(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log'>,
  run: OpenRun,
  open: ReadonlyMap<string, OpenRun>,
): Promise<void> {
  const now = deps.clock.now();
  const waiting = phoneSteps(run, now)
    .filter(({ step }) => step.kind === 'await_export')
    .map(({ phone }) => phone.planned);
  if (waiting.length === 0) return;
  const isDue = now >= run.retryAt.exports;
  if (isDue) run.retryAt.exports = now + LOOK_EVERY_MS;
  for (const safety of run.plan?.restore?.safety_runs ?? []) {
    const own = waiting.filter(({ safety_run }) => safety_run === safety.run_id);
    if (own.length === 0) continue;
    const known = open.get(safety.run_id);
    const ended = known?.plan !== undefined ? endedPhones(known, now) : undefined;
    if (ended === undefined && !isDue) continue;
    const found = ended ?? (await reportedPhones(deps, safety.run_id));
    if (found === undefined) await requestExport(deps, run, safety, now);
    else record(run, eventsOf(own, found, { at: now, isOver: ended === undefined }));
  }
}

/** Returns the phones of an open run that have an outcome. */
function endedPhones(run: OpenRun, now: number): Ended[] {
  const folder = run.plan?.terms?.folder ?? '';
  return phoneSteps(run, now).flatMap(({ phone, step }) => {
    if (step.kind !== 'done') return [];
    const { phone_id } = phone.planned;
    const { outcome, reason, code, archive } = step;
    const key = archive && archiveKey(folder, run.runId, phone_id, archive.number);
    return { phone_id, outcome, reason, code, key };
  });
}

async function reportedPhones(
  { store }: Pick<RunDeps, 'store'>,
  runId: string,
): Promise<Ended[] | undefined> {
  const report = await readReport(store, runId);
  return report && readReportedPhones(store, report);
}

/** Returns what the exports mean for the phones. `isOver`: a phone that is missing was not exported. */
function eventsOf(
  waiting: readonly PlannedPhone[],
  ended: readonly Ended[],
  { at, isOver }: { at: number; isOver: boolean },
): RunEvent[] {
  const byId = new Map(ended.map((phone) => [phone.phone_id, phone]));
  return waiting.flatMap(({ phone_id }): RunEvent[] => {
    const { outcome, reason, code, key } = byId.get(phone_id) ?? {};
    if (outcome === undefined && !isOver) return [];
    if (outcome === 'exported') {
      return [{ type: 'saved', at, phone_id, ...(key === undefined ? {} : { key }) }];
    }
    if (isMissingPath(code ?? '')) return [{ type: 'saved', at, phone_id }];
    const why = code ?? reason;
    const failed = { type: 'outcome' as const, at, phone_id, outcome: 'failed' as const };
    return [
      { ...failed, reason: 'safety_export_failed', ...(why === undefined ? {} : { code: why }) },
    ];
  });
}

/**
 * Requests an export of phones, with a plan that is written first: no policy needs to select them. Safe to repeat: the plan is
 * written once.
 */
async function requestExport(
  { store, log }: Pick<RunDeps, 'store' | 'log'>,
  { runId, plan: restore, state }: OpenRun,
  safety: SafetyRun,
  now: number,
): Promise<void> {
  const { run_id, policy, ...paths } = safety;
  if (restore?.terms === undefined || (await readRequest(store, run_id)) !== undefined) return;
  const phones = [...state.phones.values()]
    .filter(({ planned }) => planned.safety_run === run_id)
    .map(({ planned }) => exportedPhone(planned));
  const ids = phones.map(({ phone_id }) => phone_id).sort();
  const request = { run_id, policy, trigger: 'restore' as const, phones: ids };
  const plan: Omit<Plan, 'parts'> = {
    ...{ request, slot: stamp(now), started_at: now },
    terms: {
      ...{ ...restore.terms, ...paths },
      // It may have to wait for another restore of the same phones.
      deadline: Math.max(HOUR, restore.started_at + restore.terms.deadline - now),
      notify: { ...restore.terms.notify, when: 'never' },
    },
    listing_complete: true,
    selected: phones.length,
  };
  await writePlan(store, plan, phones);
  await putRequest(store, request);
  log.info('safety_export_requested', { run: runId, policy, phones: phones.length });
}

function exportedPhone({
  source: _source,
  safety_run: _run,
  paths: _paths,
  owners: _owners,
  cold: _cold,
  ...phone
}: PlannedPhone): PlannedPhone {
  return phone;
}
