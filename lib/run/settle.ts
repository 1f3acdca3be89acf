import { noteSettled } from '../ledger/history.ts';
import type { Late } from '../ledger/late.ts';
import { indexArchives } from '../ledger/phones.ts';
import { writeReport } from '../ledger/report.ts';
import { noteRun } from '../ledger/run-index.ts';
import type { RunDeps } from './deps.ts';
import { adoptLost, foundArchives, sweepSuperseded } from './found-archives.ts';
import { keepFollowing } from './late.ts';
import { metricsOf, type OpenRun, steps, type Writer } from './open-run.ts';
import { countOutcomes, runOutcome } from './outcome.ts';
import { indexEntries, reportPhone } from './report-phone.ts';
import { noteRecovered } from './staleness/tell.ts';

/** True when every phone of the planned run has its outcome. */
export function isSettled(run: OpenRun, now: number): boolean {
  if (run.plan === undefined) return false;
  return steps(run, now).every(({ step }) => step.kind === 'done');
}

/**
 * Settles a run whose phones all have an outcome: sweeps superseded archives, hands jobs that still run over to the
 * late watch, writes the report once and notes the result. All of it may be repeated after a crash.
 */
export async function settleRun(
  deps: RunDeps,
  run: OpenRun,
  writer: Writer,
): Promise<Late | undefined> {
  const plan = run.plan;
  if (plan === undefined) return undefined;
  const now = deps.clock.now();
  const found = await foundArchives(deps, run);
  await adoptLost(deps, run, steps(run, now), found);
  const decided = steps(run, now);
  await sweepSuperseded(deps, run, decided, found, writer);
  const late = run.report === undefined ? await keepFollowing(deps, run) : undefined;

  const phones = decided.map((entry) => reportPhone(run, entry, found));
  const counts = countOutcomes(phones.map((phone) => phone.outcome));
  const outcome = runOutcome(counts, {
    failedToStart: plan.failure !== undefined,
    cancelled: run.state.cancelledAt !== undefined,
  });
  run.report = await writeReport(
    deps.store,
    {
      run_id: run.runId,
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
      listing_complete: plan.listing_complete,
      metrics: metricsOf(run),
      ...(run.state.swept.size === 0 ? {} : { swept: [...run.state.swept].sort() }),
    },
    phones,
  );
  await indexArchives(deps.store, indexEntries(run, decided));
  const whole = run.request.phones === undefined;
  await noteSettled(
    deps.store,
    run.request.policy,
    {
      run_id: run.runId,
      outcome: run.report.outcome,
      settled_at: Date.parse(run.report.settled_at),
    },
    { whole },
  );
  if (whole && run.report.outcome === 'completed') {
    await noteRecovered(deps, run.report, plan.terms?.notify.language ?? 'en');
  }
  await noteRun(deps.store, run.report);
  run.wrappedUp = true;
  deps.log.info('settled', { run: run.runId, policy: run.request.policy, outcome, ...counts });
  return late;
}
