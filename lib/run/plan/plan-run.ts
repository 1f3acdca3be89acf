import { PhonevaultError, ReadsSpent, TimeUp } from '../../errors.ts';
import { layout } from '../../ledger/store/layout.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import { writePlan } from '../../ledger/run/plan.ts';
import type { DriveDeps, RunDeps } from '../deps.ts';
import { type PlanDraft, type Draft, draftPlan, failedDraft, startDraft } from './draft.ts';
import { draftRestore } from './restore/draft-restore.ts';
import { failingSince } from '../state/failures/failing-since.ts';
import { stopsDrive } from '../state/failures/stops-drive.ts';
import { readPolicy } from '../state/read-policy.ts';
import { untilTimeUp } from '../state/until-time-up.ts';
import { adoptPlan, type StoredRun } from '../state/stored-run.ts';

const MAX_ERRORS = 3;
const MAX_CHARACTERS = 300;
const PLAN_WITHIN_MS = 2 * 60 * 60_000;

type Planning = RunDeps & Pick<DriveDeps, 'writer'>;

/**
 * Plans a run: reads the policy, selects the phones, or the archives of a restore, fixes their order and writes the plan once. Returns false while the fleet
 * is still being read. A run that cannot start gets a plan that says why, which stays unwritten when no plan can be written.
 */
export async function planRun(deps: Planning, run: StoredRun, until: number): Promise<boolean> {
  const draft = await draftRun(deps, run, until);
  if (draft === undefined) return false;
  const written = await writeOrFail(untilTimeUp({ ...deps, until }), run, draft);
  await adoptPlan(deps.store, run, written, deps.writer.log);
  const { failure, selected } = written.plan;
  deps.log.info('planned', {
    run: run.runId,
    policy: run.request.policy,
    phones: selected,
    code: failure?.code,
  });
  return true;
}

/** Drafts no phones for a cancelled run. A run that lacks permission, or cannot be planned for two hours, fails. */
async function draftRun(deps: RunDeps, run: StoredRun, until: number): Promise<Draft | undefined> {
  const base = startDraft(run.request, deps.clock.now());
  if (run.state.cancelledAt !== undefined) return { plan: base, phones: [] };
  try {
    const { restore } = run.request;
    if (restore === undefined) return await draftFromPolicy(deps, run, base, until);
    return await draftRestore(deps, base, restore, { requestedAt: run.requestedAt, until });
  } catch (error) {
    if (!mayFail(error)) throw error;
    const tooLate = deps.clock.now() >= draftFailsSince(deps, run, error) + PLAN_WITHIN_MS;
    if (error.code !== 'access_denied' && !tooLate) throw error;
    return failedDraft(base, error.code, error.message.slice(0, MAX_CHARACTERS));
  }
}

/** A drive that stops, or runs out of time, says nothing about the run. */
function mayFail(error: unknown): error is PhonevaultError {
  return error instanceof PhonevaultError && !(error instanceof TimeUp) && !stopsDrive(error);
}

/** A plan that waits for reads fails only when CPH refuses all of them. */
function draftFailsSince({ clock, reads }: RunDeps, run: StoredRun, error: Error): number {
  const now = clock.now();
  if (!(error instanceof ReadsSpent)) return failingSince(run.state, now);
  return Math.max(reads.learned().refused_since ?? now, run.requestedAt);
}

/** A run whose plan cannot be written for two hours fails, without a plan in the ledger. */
async function writeOrFail(
  { store, clock }: Pick<RunDeps, 'store' | 'clock'>,
  run: StoredRun,
  { plan, phones }: Draft,
): Promise<Awaited<ReturnType<typeof writePlan>>> {
  try {
    return await writePlan(store, plan, phones);
  } catch (error) {
    if (!mayFail(error) || isUnreadable(error)) throw error;
    const now = clock.now();
    // Where the log is refused as well, a cold drive does not know since when.
    const isRefused = error.code === 'access_denied';
    const since = isRefused ? run.requestedAt : failingSince(run.state, now);
    if (now < since + PLAN_WITHIN_MS) throw error;
    const message = `${layout.plan(run.runId)} cannot be written: ${error.message}`;
    const base = startDraft(run.request, now);
    const failed = failedDraft(base, error.code, message.slice(0, MAX_CHARACTERS));
    return { plan: { ...failed.plan, parts: [] }, phones: [] };
  }
}

async function draftFromPolicy(
  deps: RunDeps,
  { request, requestedAt }: StoredRun,
  base: PlanDraft,
  until: number,
): Promise<Draft | undefined> {
  const file = await readPolicy(deps, request.policy);
  if (file === undefined) {
    return failedDraft(base, 'policy_gone', `${layout.policy(request.policy)} does not exist`);
  }
  const { text, etag, parsed } = file;
  if (!parsed.ok) {
    const messages = parsed.errors.slice(0, MAX_ERRORS).map(({ message }) => message);
    return failedDraft(base, 'policy_invalid', messages.join(' '));
  }
  return draftPlan(deps, base, { policy: parsed.policy, text, etag }, { requestedAt, until });
}
