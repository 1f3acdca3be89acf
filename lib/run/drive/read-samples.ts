import { archiveRead, markRead } from '../../ledger/catalogue/mark-read.ts';
import { chooseSample, type Chosen } from '../archive/choose-sample.ts';
import { readSample } from '../archive/read-sample.ts';
import type { DriveDeps } from '../deps.ts';
import { publishUnreadableArchives } from '../notify/unreadable/archives.ts';
import { orGiveUp } from '../settle/or-give-up.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { flush, type OpenRun, record } from '../state/open-run.ts';
import type { StoredRun } from '../state/stored-run.ts';
import { untilTimeUp } from '../state/until-time-up.ts';
import { inTurn } from './in-turn.ts';
import type { Work } from './work.ts';

/** Reading is split, so that other work continues. */
const SLICE_MS = 10_000;
const HOUR = 60 * 60_000;
/** Archives that are not read by then never are. */
const READ_WITHIN_MS = 6 * HOUR;
const NOTIFY_WITHIN_MS = 24 * HOUR;
const PAUSE_MS = 60_000;

/** Returns whether archives of a settled run are still to be read to their end. */
export function hasSample({ plan, report, state }: StoredRun): boolean {
  const isWanted = plan?.terms?.read !== undefined && (report?.counts.exported ?? 0) > 0;
  return isWanted && state.readEnded === undefined;
}

/**
 * Reads archives of settled runs to their end, for some seconds in turn: the share that their policies ask for. What is found is
 * recorded in the log of the run, then in the catalogue, and notified when an archive cannot be used. The runs are settled and
 * notified already: nothing waits for this but their requests in `open/` and their retention.
 */
export async function readSamples(deps: DriveDeps, work: Work): Promise<void> {
  const { clock } = deps;
  const until = Math.min(deps.until, clock.now() + SLICE_MS);
  await inTurn(deps, work, { kind: 'read', until }, async (run) => {
    const isDue = run.state.notified !== undefined && clock.now() >= run.retryAt.step;
    if (isDue && hasSample(run)) {
      await containFailure(deps, () => readOn(deps, work, run, until), { run });
    }
  });
}

async function readOn(deps: DriveDeps, work: Work, run: OpenRun, until: number): Promise<void> {
  const now = deps.clock.now();
  const chosen = work.samples.get(run.runId) ?? chooseSample(run, now);
  work.samples.set(run.runId, chosen);
  const settledAt = Date.parse(run.report?.settled_at ?? '');
  const isLate = now >= settledAt + READ_WITHIN_MS;
  try {
    if (!isLate && !(await readSample(untilTimeUp(deps), run, chosen, until))) return;
  } finally {
    await flush(deps, run);
  }
  await orGiveUp(deps, run, 'index_reads', () => indexReads(deps, run, chosen));
  const notified = await publishUnreadableArchives(deps, run, chosen);
  if (!notified && now < settledAt + NOTIFY_WITHIN_MS) {
    run.retryAt.step = now + PAUSE_MS;
    return;
  }
  record(run, [{ type: 'read_ended', at: deps.clock.now(), chosen: chosen.length }]);
  await flush(deps, run);
  work.samples.delete(run.runId);
}

async function indexReads(
  { store }: DriveDeps,
  { request }: OpenRun,
  chosen: readonly Chosen[],
): Promise<void> {
  const marked = chosen.flatMap(({ attempt, archive: { bucket, key } }) =>
    attempt.read === undefined || attempt.verified === undefined
      ? []
      : [{ bucket, key, verified_at: attempt.verified.at, read: archiveRead(attempt.read) }],
  );
  await markRead(store, request.policy, marked);
}
