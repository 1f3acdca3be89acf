import type { DriveDeps } from '../deps.ts';
import { usualExport } from '../export/batches/courtesy.ts';
import { submitWindow } from '../export/submit.ts';
import { foldOldRuns } from '../fold/fold-old-runs.ts';
import { publishHeartbeat } from '../notify/heartbeat.ts';
import { publishMissedSlots } from '../notify/missed-slots.ts';
import { publishFreshness } from '../notify/freshness.ts';
import { publishUnreadable } from '../notify/unreadable/objects.ts';
import { checkUnreadablePolicies } from '../notify/unreadable/policies.ts';
import { refreshInventories } from '../plan/refresh-inventory.ts';
import { inFlightJobs } from '../settle/orphaned/orphaned-jobs.ts';
import { jobsNotRead } from './inbox/in-flight.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { removeLeft } from '../state/failures/remove-left.ts';
import { advanceDue } from './advance.ts';
import { closeSettled } from './close-settled.ts';
import { requestFirstBackupsDue } from './first-backups.ts';
import { MIN_POLL_MS } from '../export/jobs/poll-plan.ts';
import { nextDue } from './next-due.ts';
import { pollDue, pollOrphanedDue } from './poll.ts';
import { pruneDue } from './prune.ts';
import { readRuns } from './inbox/read-runs.ts';
import { readInbox, takeCancels, takeInbox } from './inbox/take-inbox.ts';
import { readSamples } from './read-samples.ts';
import type { Work } from './work.ts';

export const INBOX_EVERY_MS = 10_000;
/** Reading a large fleet is split, so that other work continues. */
const INVENTORY_SLICE_MS = 10_000;
/** Reading many runs is split, so that the jobs of those that were read are followed: less while all exports wait for it. */
const READ_SLICE_MS = 5_000;
const READ_UNKNOWN_SLICE_MS = 25_000;

/** Advances all open runs until nothing is due before `deps.until`, then folds old ones. */
export async function workUntilIdle(deps: DriveDeps, work: Work): Promise<void> {
  const { clock, until } = deps;
  for (;;) {
    await takeInboxDue(deps, work);
    await readRuns(deps, work, Math.min(until, clock.now() + readSlice(work)));
    await takeCancels(deps, work);
    await pollDue(deps, work);
    await pollOrphanedDue(deps, work);
    await advanceDue(deps, work);
    await submitDue(deps, work);
    deps.meter.share(work.runs.values());
    await closeSettled(deps, work);
    await readSamples(deps, work);
    await pruneDue(deps, work);
    await handleHints(deps, work);
    await requestFirstBackupsDue(deps, work);

    const now = clock.now();
    const dueAt =
      work.hints.length > 0 || work.unread.size > 0 ? now : nextDue(work, deps.learned.limits, now);
    if (dueAt === undefined || dueAt >= until || now >= until) break;
    const wakeAt = Math.min(Math.max(dueAt, now), work.nextAt.inbox, until);
    if (wakeAt > now) await clock.sleep(wakeAt - now);
  }
  await containFailure(deps, () => foldOldRuns(deps));
}

const readSlice = ({ notRead }: Work): number =>
  notRead.unknown.size > 0 ? READ_UNKNOWN_SLICE_MS : READ_SLICE_MS;

async function takeInboxDue(deps: DriveDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  if (now < work.nextAt.inbox) return;
  work.nextAt.inbox = now + INBOX_EVERY_MS;
  await takeInbox(deps, work, await readInbox(deps));
}

async function submitDue(deps: DriveDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  // One export at a time for a phone: a run of which nothing is known may export it.
  if (now >= deps.until || work.notRead.unknown.size > 0) return;
  const inFlight = [...inFlightJobs(work.orphaned, now), ...jobsNotRead(work.notRead, now)];
  await containFailure(deps, async () => {
    const sent = await submitWindow(deps, [...work.runs.values()], inFlight);
    if (sent) work.nextAt.jobs = Math.min(work.nextAt.jobs, firstLookAt(deps));
  });
}

/** Returns when jobs that began just now are asked for (epoch ms): few end before a third of the average time. */
function firstLookAt({ clock, learned }: DriveDeps): number {
  return clock.now() + Math.max(MIN_POLL_MS, (usualExport(learned.limits) ?? 0) / 3);
}

/** Sends the notifications that hints report, and reads the inventories that they request. */
async function handleHints(deps: DriveDeps, work: Work): Promise<void> {
  const { clock, until } = deps;
  if (clock.now() >= until) return;
  const { hints } = work;
  work.hints = [];
  await containFailure(deps, () => removeLeft(deps));
  await containFailure(deps, () => checkUnreadablePolicies(deps, hints));
  await containFailure(deps, () => publishUnreadable(deps));
  await containFailure(deps, () => publishFreshness(deps, hints));
  await containFailure(deps, () => publishMissedSlots(deps, hints));
  await containFailure(deps, () => publishHeartbeat(deps, hints));
  work.hints = await refreshInventories(
    deps,
    hints,
    Math.min(until, clock.now() + INVENTORY_SLICE_MS),
  );
}
