import pLimit from 'p-limit';
import type { RunEvent } from '../../../ledger/run/events.ts';
import type { Limits } from '../../../ledger/state/limits.ts';
import type { DriveDeps } from '../../deps.ts';
import { record } from '../../state/open-run.ts';
import { trackOutage } from '../track-outage.ts';
import { findMissingJob, pollEvents } from './job-events.ts';
import { listJobs } from './list-jobs.ts';
import { isFresh, lacksJob, type PolledAttempt } from './poll-calls.ts';

const MINUTE = 60_000;
const MANY_CALLS = 20;
/** When one is refused, the others on their way are too. */
const CALLS_AT_ONCE = 8;
const GOLDEN_RATIO = 0.618_033_988_75;
/** Each export moves the average export time by 1/10 of the difference. */
const AVERAGED_EXPORTS = 10;

/**
 * Polls the jobs of many export calls at once and records the ended ones. A `Job` does not name its export call, so jobs are
 * matched by id (cph_api_0522). An export call whose response left out a phone is polled alone: an unknown job of that
 * phone is then the missing one. Updates the average export time in the learned limits. `calls`: the request ids of each.
 */
export async function pollJobs(
  deps: Pick<DriveDeps, 'cph' | 'clock' | 'learned' | 'reads' | 'until'>,
  polled: ReadonlyMap<string, PolledAttempt[]>,
  calls: string[][],
): Promise<void> {
  const isMany = calls.length >= Math.min(MANY_CALLS, deps.reads.allowed('jobs'));
  const order = isMany ? fromAnother(calls, deps.clock.now()) : calls;
  const limit = pLimit(CALLS_AT_ONCE);
  let hasFailed = false;
  const results = await Promise.allSettled(
    order.map((ids) =>
      limit(async () => {
        // What refuses one call refuses the next.
        if (hasFailed || deps.clock.now() >= deps.until) return;
        await pollCall(deps, polled, ids).catch((error: unknown) => {
          hasFailed = true;
          throw error;
        });
      }),
    ),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function pollCall(
  deps: Pick<DriveDeps, 'cph' | 'clock' | 'learned' | 'until'>,
  polled: ReadonlyMap<string, PolledAttempt[]>,
  ids: string[],
): Promise<void> {
  const attempts = new Set(ids.flatMap((id) => polled.get(id) ?? []));
  const concerned = new Set([...attempts].map(({ run }) => run));
  const polledAt = deps.clock.now();
  const areFresh = [...attempts].every((attempt) => isFresh(attempt, polledAt));
  const mayHalve = (): boolean => !areFresh && deps.clock.now() < deps.until;
  const { jobs, answered } = await trackOutage(deps, [...concerned], 'jobs', () =>
    listJobs(deps.cph, ids, { mayHalve, wanted: wantedJobs(attempts) }),
  );
  const asked = new Set(ids.filter((id) => answered.has(id)).flatMap((id) => polled.get(id) ?? []));
  const now = deps.clock.now();
  for (const { retryAt } of concerned) for (const id of answered) retryAt.jobsSeenAt.set(id, now);
  const byId = new Map(jobs.map((job) => [job.job_id, job]));
  for (const attempt of asked) {
    if (ids.length === 1 && lacksJob(attempt)) {
      record(attempt.run, findMissingJob(attempt, jobs, now));
    }
    const own = attempt.attempt.accepted.flatMap(({ job_id }) => byId.get(job_id) ?? []);
    const events = pollEvents(attempt, own, now);
    record(attempt.run, events);
    if (attempt.attempt.call === undefined) {
      deps.learned.limits = events.reduce(learnExportTime, deps.learned.limits);
    }
  }
}

/** Returns the ids of the jobs of attempts; undefined when one lacks its job: any job may be that. */
function wantedJobs(attempts: ReadonlySet<PolledAttempt>): Set<string> | undefined {
  const wanted = new Set<string>();
  for (const polled of attempts) {
    if (lacksJob(polled)) return undefined;
    for (const { job_id } of polled.attempt.accepted) wanted.add(job_id);
  }
  return wanted;
}

/** Returns many calls from another one each minute: one drive may have neither the time nor the reads for all of them. */
function fromAnother(calls: string[][], now: number): string[][] {
  const part = (Math.floor(now / MINUTE) * GOLDEN_RATIO) % 1;
  const from = Math.floor(part * calls.length);
  return [...calls.slice(from), ...calls.slice(0, from)];
}

/** Adds a successful export to the moving average of the export time. */
function learnExportTime(limits: Limits, event: RunEvent): Limits {
  if (event.type !== 'ended' || event.result !== 'succeeded') return limits;
  if (event.took === undefined || event.took === 0) return limits;
  const average = limits.export_ms ?? event.took;
  return {
    ...limits,
    export_ms: Math.max(1, Math.round(average + (event.took - average) / AVERAGED_EXPORTS)),
  };
}
