import type { RunEvent } from '../../../ledger/run/events.ts';
import { missingSince, type Attempt } from '../../../ledger/run/fold.ts';
import type { Limits } from '../../../ledger/state/limits.ts';
import { statusOf } from '../../state/attempt-status.ts';
import type { Job } from '../../../cloud/cph/job.ts';
import type { DriveDeps } from '../../deps.ts';
import { listJobs } from './list-jobs.ts';
import { trackOutage } from '../track-outage.ts';
import { type OpenRun, record } from '../../state/open-run.ts';
import { phoneSteps } from '../../state/phone-steps.ts';

const MAX_REQUESTS_PER_CALL = 20;
const MINUTE = 60_000;
/** CPH may not list a job yet that is younger. A list of such jobs alone is not halved. */
const FRESH_MS = 30_000;
const MANY_CALLS = 20;
/** A page of CPH's list that holds 100 jobs is followed by another. */
const JOBS_PER_CALL = 99;
const GOLDEN_RATIO = 0.618_033_988_75;
/** A job that CPH has not listed for this long is lost. */
const LOST_AFTER_MS = 2 * MINUTE;
/** Each export moves the average export time by 1/10 of the difference. */
const AVERAGED_EXPORTS = 10;

type PolledAttempt = { run: OpenRun; phoneId: string; attempt: Attempt; overdue: Overdue };
type Overdue = 'export_timeout' | 'deadline' | undefined;

/** Returns the attempts to poll, by the request id of the export call that sent them. */
export function jobsToPoll(runs: OpenRun[], now: number): Map<string, PolledAttempt[]> {
  const byRequest = new Map<string, PolledAttempt[]>();
  for (const run of runs) {
    for (const { phone, step } of phoneSteps(run, now)) {
      if (step.kind !== 'poll' && step.kind !== 'watch') continue;
      const { attempt } = step;
      const overdue = step.kind === 'poll' ? step.overdue : undefined;
      const ids = [...attempt.accepted.map((job) => job.request_id), attempt.unknown?.request_id];
      for (const id of new Set(ids)) {
        if (id === undefined || id === '') continue;
        const entry = { run, phoneId: phone.planned.phone_id, attempt, overdue };
        byRequest.set(id, [...(byRequest.get(id) ?? []), entry]);
      }
    }
  }
  return byRequest;
}

/**
 * Returns the request ids of each `list-jobs` call that a poll makes. Together they have no more jobs than one page, as far as
 * possible: when a further page is refused, what was read before is lost.
 */
export function pollCalls(
  runs: OpenRun[],
  polled: ReadonlyMap<string, PolledAttempt[]>,
  now: number,
): string[][] {
  const sizes = new Map<string, number>();
  for (const { state } of runs) {
    for (const { attempts } of state.phones.values()) {
      for (const { accepted } of attempts.values()) {
        for (const { request_id: id } of accepted) sizes.set(id, (sizes.get(id) ?? 0) + 1);
      }
    }
  }
  const alone: string[][] = [];
  // Apart from each other: an id that CPH does not know may empty the list of all.
  const together = { fresh: [] as Call[], unlisted: [] as Call[], listed: [] as Call[] };
  for (const [id, attempts] of polled) {
    if (attempts.some(lacksJob)) alone.push([id]);
    else addToCalls(together[kindOf(attempts, now)], id, sizes.get(id) ?? 0);
  }
  const { fresh, unlisted, listed } = together;
  return [...alone, ...[...fresh, ...unlisted, ...listed].map(({ ids }) => ids)];
}

/** The request ids of one call, and how many jobs they have. */
type Call = { ids: string[]; jobs: number };

function addToCalls(calls: Call[], id: string, jobs: number): void {
  const last = calls.at(-1);
  const fits =
    last !== undefined &&
    last.ids.length < MAX_REQUESTS_PER_CALL &&
    last.jobs + jobs <= JOBS_PER_CALL;
  if (!fits) return void calls.push({ ids: [id], jobs });
  last.ids.push(id);
  last.jobs += jobs;
}

function kindOf(attempts: PolledAttempt[], now: number): 'fresh' | 'unlisted' | 'listed' {
  if (attempts.some((polled) => isFresh(polled, now))) return 'fresh';
  const isMissing = attempts.some(({ attempt }) => missingSince(attempt.listing) !== undefined);
  return isMissing ? 'unlisted' : 'listed';
}

const isFresh = ({ attempt }: PolledAttempt, now: number): boolean =>
  now - (attempt.accepted[0]?.at ?? 0) < FRESH_MS;

const lacksJob = ({ attempt }: PolledAttempt): boolean => attempt.accepted.length === 0;

/**
 * Polls the jobs of many export calls at once and records the ended ones. A `Job` does not name its export call, so jobs are
 * matched by id (cph_api_0522). An export call whose response left out a phone is polled alone: an unknown job of that
 * phone is then the missing one. Updates the average export time in the learned limits.
 */
export async function pollJobs(
  deps: Pick<DriveDeps, 'cph' | 'clock' | 'learned' | 'reads' | 'until'>,
  runs: OpenRun[],
): Promise<void> {
  const polled = jobsToPoll(runs, deps.clock.now());
  const calls = pollCalls(runs, polled, deps.clock.now());
  const isMany = calls.length >= Math.min(MANY_CALLS, deps.reads.allowed('jobs'));
  for (const ids of isMany ? fromAnother(calls, deps.clock.now()) : calls) {
    if (deps.clock.now() >= deps.until) return;
    const attempts = new Set(ids.flatMap((id) => polled.get(id) ?? []));
    const concerned = new Set([...attempts].map(({ run }) => run));
    const polledAt = deps.clock.now();
    const halve = ![...attempts].every((attempt) => isFresh(attempt, polledAt));
    const { jobs, answered } = await trackOutage(deps, [...concerned], 'jobs', () =>
      listJobs(deps.cph, ids, halve),
    );
    const asked = new Set(
      ids.filter((id) => answered.has(id)).flatMap((id) => polled.get(id) ?? []),
    );
    const now = deps.clock.now();
    for (const attempt of asked) {
      if (ids.length === 1 && lacksJob(attempt)) {
        record(attempt.run, findMissingJob(attempt, jobs, now));
      }
      const events = pollEvents(attempt, jobs, now);
      record(attempt.run, events);
      deps.learned.limits = events.reduce(learnExportTime, deps.learned.limits);
    }
  }
}

/** Returns many calls from another one each minute: one drive may have neither the time nor the reads for all of them. */
function fromAnother(calls: string[][], now: number): string[][] {
  const part = (Math.floor(now / MINUTE) * GOLDEN_RATIO) % 1;
  const from = Math.floor(part * calls.length);
  return [...calls.slice(from), ...calls.slice(0, from)];
}

/** Returns the event that assigns an unknown job of the phone to an attempt without a job. */
function findMissingJob(
  { run, phoneId, attempt }: PolledAttempt,
  jobs: Job[],
  at: number,
): RunEvent[] {
  const request_id = attempt.unknown?.request_id;
  const attempts = run.state.phones.get(phoneId)?.attempts.values() ?? [];
  const known = new Set([...attempts].flatMap(({ accepted }) => accepted.map((job) => job.job_id)));
  const job = jobs.find((other) => other.phone_id === phoneId && !known.has(other.job_id));
  if (job === undefined || request_id === undefined) return [];
  const own = { phone_id: phoneId, attempt: attempt.number };
  return [{ type: 'accepted', at, ...own, job_id: job.job_id, request_id }];
}

/** Returns what the listed jobs say about an attempt that has changed. */
function pollEvents(
  { phoneId, attempt, overdue }: PolledAttempt,
  jobs: Job[],
  now: number,
): RunEvent[] {
  const own = { phone_id: phoneId, attempt: attempt.number };
  const known = new Set(attempt.accepted.map((job) => job.job_id));
  const listed = jobs.filter((job) => known.has(job.job_id));
  const ended =
    listed.find((job) => job.state === 'succeeded') ?? listed.find((job) => job.state === 'failed');
  if (ended !== undefined) return [endedEvent(ended, own, now)];
  if (statusOf(attempt).kind !== 'running') return [];
  const unlistedSince = missingSince(attempt.listing);
  if (listed.length > 0 && overdue !== undefined) {
    const { phone_id } = own;
    return [{ type: 'outcome', at: now, phone_id, outcome: 'timed_out', reason: overdue }];
  }
  if (listed.length > 0)
    return unlistedSince === undefined ? [] : [{ type: 'listed', at: now, ...own }];
  if (unlistedSince === undefined) return [{ type: 'unlisted', at: now, ...own }];
  if (now - unlistedSince < LOST_AFTER_MS) return [];
  return [{ type: 'ended', at: now, ...own, result: 'lost' }];
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

function endedEvent(job: Job, own: { phone_id: string; attempt: number }, now: number): RunEvent {
  const { code, message, took } = job;
  return {
    type: 'ended',
    at: now,
    ...own,
    result: job.state === 'succeeded' ? 'succeeded' : 'failed',
    ...(code === undefined ? {} : { code: code.slice(0, 64) }),
    ...(message === undefined ? {} : { message: message.slice(0, 200) }),
    ...(took === undefined ? {} : { took }),
  };
}
