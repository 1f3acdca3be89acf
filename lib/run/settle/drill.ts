import type { Plan } from '../../ledger/run/plan.ts';
import type { Report, ReportedPhone } from '../../ledger/run/report.ts';
import { recordDrill } from '../../ledger/state/drills.ts';
import type { RunDeps } from '../deps.ts';
import type { StoredRun } from '../state/stored-run.ts';

/** Returns what came of a drill: it has passed when every phone that was wanted runs with its archive. Nothing for another run. Pure. */
export function drillOf(
  { request, requestedAt, state }: StoredRun,
  phones: readonly ReportedPhone[],
): Pick<Report, 'drill'> {
  const { drill } = request.restore ?? {};
  if (drill === undefined) return {};
  const { policy } = drill;
  const hasPassed = phones.length > 0 && phones.every(({ outcome }) => outcome === 'restored');
  if (!hasPassed) return { drill: { policy, verdict: 'failed' } };
  const ran = [...state.phones.values()].map(({ readyAt = requestedAt }) => readyAt);
  const seconds = Math.round((Math.max(...ran) - requestedAt) / 1_000);
  return { drill: { policy, verdict: 'passed', seconds } };
}

/** Records what came of a drill with its policy. */
export async function recordDrilled(
  store: Pick<RunDeps['store'], 'get' | 'put'>,
  plan: Pick<Plan, 'started_at'>,
  { run_id, drill, settled_at }: Report,
): Promise<void> {
  if (drill === undefined) return;
  const { policy, verdict, seconds } = drill;
  await recordDrill(store, policy, {
    ...{ run_id, started_at: plan.started_at, settled_at: Date.parse(settled_at), verdict },
    ...(seconds === undefined ? {} : { seconds }),
  });
}
