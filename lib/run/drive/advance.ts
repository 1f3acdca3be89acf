import type { DriveDeps } from '../deps.ts';
import { lookUpEarlierKeys } from '../export/archives/earlier-keys.ts';
import { awaitPhones } from '../export/await-phones.ts';
import { verifyArchives, watchUnknownOutcomes } from '../export/archives/verify-archives.ts';
import { awaitThaws } from '../restore/await-thaws.ts';
import { awaitExports } from '../restore/await-exports.ts';
import { planRun } from '../plan/plan-run.ts';
import { layout } from '../../ledger/store/layout.ts';
import { noteUsable } from '../state/failures/resting.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { FRESH_MS } from '../reads/readings.ts';
import { flush, type OpenRun } from '../state/open-run.ts';
import { untilTimeUp } from '../state/until-time-up.ts';
import { inTurn } from './in-turn.ts';
import type { Work } from './work.ts';

const FLUSH_EVERY_MS = 10_000;
/** Reading a large fleet, and the steps of many runs, are split, so that other work continues. */
const SLICE_MS = 10_000;

/** Returns whether the list of the fleet serves this run: it may be planned without any read. */
function isFleetKnown({ readings }: DriveDeps, { requestedAt }: OpenRun): boolean {
  const fleet = readings.inventories.get('')?.inventory;
  return fleet?.finished_at !== undefined && fleet.started_at >= requestedAt - FRESH_MS;
}

/** Looks up the waiting phones and the archives of the planned runs, and plans the others, for some seconds each. */
export async function advanceDue(deps: DriveDeps, work: Work): Promise<void> {
  const { clock } = deps;
  const slice = (): number => Math.min(deps.until, clock.now() + SLICE_MS);
  const isDue = (run: OpenRun): boolean =>
    clock.now() >= run.retryAt.step && run.report === undefined;
  await inTurn(deps, work, { kind: 'look', until: slice() }, async (run) => {
    if (isDue(run) && run.plan !== undefined) await lookUpRun(deps, work, run);
  });
  await inTurn(deps, work, { kind: 'plan', until: slice() }, async (run) => {
    if (isDue(run) && run.plan === undefined) await planDue(deps, run);
  });
}

async function planDue(deps: DriveDeps, run: OpenRun): Promise<void> {
  const { clock } = deps;
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
  const until = Math.min(deps.until, clock.now() + SLICE_MS);
  const isPlanned = () => planRun(deps, run, until);
  if (await containFailure(deps, isPlanned, { run })) noteUsable(deps, (key) => key === policy);
}

async function lookUpRun(deps: DriveDeps, work: Work, run: OpenRun): Promise<void> {
  const { clock } = deps;
  const bounded = untilTimeUp(deps);
  // Each is contained on its own: archives are verified even when phones cannot be looked up.
  let isUnsure = false;
  const exported = (own: DriveDeps) => awaitExports(own, run, work.runs);
  const ofRestore = [awaitPhones, awaitThaws, exported];
  const ofExport = [awaitPhones, verifyArchives, watchUnknownOutcomes, lookUpEarlierKeys];
  for (const lookUp of run.request.kind === 'restore' ? ofRestore : ofExport) {
    const succeeded = await containFailure(deps, () => lookUp(bounded, run), {
      run,
      pauses: false,
    });
    if (!succeeded) isUnsure = true;
  }
  // Since when look-ups fail decides when they are given up, also in the drive after one that was killed.
  if (isUnsure || clock.now() - run.unwritten.flushedAt >= FLUSH_EVERY_MS) {
    await containFailure(deps, () => flush(deps, run), { run, pauses: false });
  }
}
