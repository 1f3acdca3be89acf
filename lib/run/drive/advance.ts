import type { DriveDeps } from '../deps.ts';
import { awaitPhones } from '../export/await-phones.ts';
import { verifyArchives, watchUnknownOutcomes } from '../export/verify-archives.ts';
import { planRun } from '../plan/plan-run.ts';
import { layout } from '../../ledger/store/layout.ts';
import { noteUsable } from '../state/resting.ts';
import { containFailure } from '../state/contain-failure.ts';
import { FRESH_MS } from '../reads/readings.ts';
import { flush, type OpenRun } from '../state/open-run.ts';

const FLUSH_EVERY_MS = 10_000;
/** Reading a large fleet is split, so that other work continues. */
const PLAN_SLICE_MS = 10_000;

/** Returns whether the list of the fleet serves this run: it may be planned without any read. */
function isFleetKnown({ readings }: DriveDeps, { requestedAt }: OpenRun): boolean {
  const fleet = readings.inventories.get('')?.inventory;
  return fleet?.finished_at !== undefined && fleet.started_at >= requestedAt - FRESH_MS;
}

/** Takes one step of one run: plans it, or looks up its waiting phones and its archives. */
export async function advance(deps: DriveDeps, run: OpenRun): Promise<void> {
  const { clock } = deps;
  if (clock.now() < run.retryAt.step || run.report !== undefined) return;
  if (run.plan === undefined) {
    const policy = layout.policy(run.request.policy);
    const retryAt = deps.unreadable.objects.get(policy)?.retry_at ?? 0;
    if (clock.now() < retryAt) {
      run.retryAt.step = retryAt;
      return;
    }
    if (deps.reads.allowed('phones') === 0 && !isFleetKnown(deps, run)) {
      run.retryAt.step = deps.reads.nextAt('phones');
      return;
    }
    const until = Math.min(deps.until, clock.now() + PLAN_SLICE_MS);
    const isPlanned = () => planRun(deps, run, until);
    if (await containFailure(deps, isPlanned, { run })) noteUsable(deps, (key) => key === policy);
    return;
  }
  // Each is contained on its own: archives are verified even when phones cannot be looked up.
  for (const lookUp of [awaitPhones, verifyArchives, watchUnknownOutcomes]) {
    await containFailure(deps, () => lookUp(deps, run), { run, pauses: false });
  }
  if (clock.now() - run.unwritten.flushedAt >= FLUSH_EVERY_MS) {
    await containFailure(deps, () => flush(deps, run), { run, pauses: false });
  }
}
