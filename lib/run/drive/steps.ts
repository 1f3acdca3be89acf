import { isLookupHint, isSweepHint } from '../../ledger/hints/hints.ts';
import type { OrphanedJobs } from '../../ledger/run/orphaned-jobs.ts';
import { layout } from '../../ledger/store/layout.ts';
import { type Inbox, listOpen } from '../../ledger/run/request.ts';
import { isBroken } from '../../ledger/store/json.ts';
import { awaitPhones } from '../export/await-phones.ts';
import type { RunDeps } from '../deps.ts';
import { containFailure } from '../state/contain-failure.ts';
import { notifyDue, notifyRun } from '../notify/notify-run.ts';
import { flush, loadRun, type OpenRun, record, refresh, type Writer } from '../state/open-run.ts';
import { planRun } from '../plan/plan-run.ts';
import { reconcile, type FirstBackups, rememberFirstBackup } from '../first-backup/reconcile.ts';
import { isSettled, settleRun } from '../settle/settle.ts';
import { quarantineRun } from './quarantine.ts';
import type { Session } from '../export/submit.ts';
import { verifyArchives, watchUnknownOutcomes } from '../export/verify-archives.ts';

const FLUSH_EVERY_MS = 10_000;
/** Reading a large fleet takes turns with everything else. */
const PLAN_SLICE_MS = 10_000;
const PROVISION_EVERY_MS = 30_000;
const PROVISION_SLICE_MS = 10_000;

/** What one drive has in hand. Times in epoch ms. */
export type Work = {
  runs: Map<string, OpenRun>;
  /** Runs that nobody can read: this drive does not look at them again. */
  quarantined: Set<string>;
  orphaned: OrphanedJobs[];
  hints: string[];
  /** Hints about phones. */
  lookups: string[];
  firstBackups: FirstBackups;
  provisionAt: number;
  stillHeld: () => Promise<boolean>;
  memory: Map<string, OpenRun>;
  writer: Writer;
  session: Session;
  inboxAt: number;
  pollAt: number;
  orphanedPollAt: number;
  until: number;
};

/** Takes up what `open/` shows: new runs, and requests to cancel. */
export async function takeInbox(deps: RunDeps, work: Work, inbox: Inbox): Promise<void> {
  for (const { runId, requestedAt } of inbox.requests) {
    if (work.runs.has(runId) || work.quarantined.has(runId)) continue;
    const run = await takeRun(deps, work, runId, requestedAt);
    if (run !== undefined) work.runs.set(runId, run);
  }
  work.hints = inbox.hints;
  work.lookups = inbox.hints.filter((id) => isLookupHint(id) || isSweepHint(id));
  for (const runId of inbox.cancels) {
    const run = work.runs.get(runId);
    const open = inbox.requests.some((request) => request.runId === runId);
    if (run === undefined && !open) await deps.store.remove([layout.cancel(runId)]);
    if (run !== undefined && run.state.cancelledAt === undefined) {
      record(run, [{ type: 'cancel_seen', at: deps.clock.now() }]);
    }
  }
}

async function takeRun(
  deps: RunDeps,
  work: Work,
  runId: string,
  requestedAt: number,
): Promise<OpenRun | undefined> {
  const remembered = work.memory.get(runId);
  try {
    if (remembered?.plan === undefined) return await loadRun(deps.store, runId, requestedAt);
    await refresh(deps.store, remembered);
    return remembered;
  } catch (error) {
    if (!isBroken(error)) throw error;
    work.quarantined.add(runId);
    const late = await quarantineRun(deps, runId, error);
    if (late !== undefined) work.orphaned.push(late);
    return undefined;
  }
}

/** One step of one run: plan it, or look at its waiting phones and its archives. */
export async function advance(deps: RunDeps, work: Work, run: OpenRun): Promise<void> {
  const { clock } = deps;
  if (clock.now() < run.restUntil || run.report !== undefined) return;
  if (run.plan === undefined) {
    const slice = Math.min(work.until, clock.now() + PLAN_SLICE_MS);
    await containFailure(deps, run, () => planRun(deps, run, work.writer, slice));
    return;
  }
  // Each keeps its own pace: phones that cannot be asked for do not keep archives from being verified.
  for (const lookup of [awaitPhones, verifyArchives, watchUnknownOutcomes]) {
    await containFailure(deps, run, () => lookup(deps, run), { rests: false });
  }
  if (clock.now() - run.flushedAt >= FLUSH_EVERY_MS) {
    await containFailure(deps, run, () => flush(deps, run, work.writer));
  }
}

/** Settles runs whose phones have all ended, tells the topic, and closes what has been told. */
export async function closeSettled(deps: RunDeps, work: Work): Promise<void> {
  for (const run of work.runs.values()) {
    if (deps.clock.now() < run.restUntil) continue;
    await containFailure(deps, run, async () => {
      if (!run.wrappedUp && isSettled(run, deps.clock.now())) {
        const late = await settleRun(deps, run, work.writer);
        if (late !== undefined) {
          work.orphaned = [...work.orphaned.filter(({ run_id }) => run_id !== late.run_id), late];
        }
      }
      const now = deps.clock.now();
      if (run.wrappedUp && (notifyDue(run, now) ?? Number.POSITIVE_INFINITY) <= now) {
        // Another drive may have told it meanwhile.
        await refresh(deps.store, run);
        if (run.state.notified === undefined) await notifyRun(deps, run);
        await flush(deps, run, work.writer);
      }
      if (!run.wrappedUp || run.state.notified === undefined) return;
      if (run.request.trigger === 'provisioned') {
        await rememberFirstBackup(deps, work.firstBackups, run);
      }
      await deps.store.remove([layout.cancel(run.runId), layout.quarantined(run.runId)]);
      await deps.store.remove([layout.request(run.runId)]);
      work.runs.delete(run.runId);
    });
  }
}

/** Follows up on hints about phones; runs that they lead to are taken up at once. */
export async function runFirstBackups(deps: RunDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  if (work.lookups.length === 0 || now < work.provisionAt || now >= work.until) return;
  work.provisionAt = now + PROVISION_EVERY_MS;
  await containFailure(deps, undefined, async () => {
    const { firstBackups, lookups, stillHeld } = work;
    const runs = [...work.runs.values()];
    const until = Math.min(work.until, now + PROVISION_SLICE_MS);
    const asked = await reconcile(deps, firstBackups, lookups, { runs, until, stillHeld });
    if (asked > 0) await takeInbox(deps, work, await listOpen(deps.store));
  });
}
