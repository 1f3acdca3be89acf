import type { RunEvent } from '../../ledger/run/events.ts';
import { missingSince, type Attempt } from '../../ledger/run/fold.ts';
import type { Limits } from '../../ledger/state/limits.ts';
import { statusOf } from '../state/attempt-status.ts';
import type { Job } from '../../cloud/cph/job.ts';
import type { DriveDeps } from '../deps.ts';
import { note } from './track-outage.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { phoneSteps } from '../state/phone-steps.ts';

const REQUESTS_PER_CALL = 20;
/** A job may take this long to show after it was accepted, or to show again; one that is still not listed is lost. */
const VISIBLE_WITHIN_MS = 2 * 60_000;
/** One of so many exports decides the typical time. */
const WEIGHT = 10;

type Followed = { run: OpenRun; phoneId: string; attempt: Attempt; overdue: Overdue };
type Overdue = 'export_timeout' | 'deadline' | undefined;

/** The export calls whose jobs are of interest now, with the tries that hang on each. */
export function jobsToPoll(runs: OpenRun[], now: number): Map<string, Followed[]> {
  const byRequest = new Map<string, Followed[]>();
  for (const run of runs) {
    for (const { phone, step } of phoneSteps(run, now)) {
      if (step.kind !== 'follow' && step.kind !== 'watch') continue;
      const { attempt } = step;
      const overdue = step.kind === 'follow' ? step.overdue : undefined;
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
 * Asks for the jobs of many export calls at once and records what came to an end. A `Job` does not name its
 * export call, so answers are matched by job id (cph_api_0522). Calls that left a phone out are asked for one by one:
 * a job of that phone in the answer is the one that was left out. How long exports take is learned into the limits.
 */
export async function pollJobs(
  deps: Pick<DriveDeps, 'cph' | 'clock' | 'learned'>,
  runs: OpenRun[],
): Promise<void> {
  const wanted = jobsToPoll(runs, deps.clock.now());
  const isDoubtful = ({ attempt }: Followed): boolean => attempt.accepted.length === 0;
  const alone = [...wanted].filter(([, entries]) => entries.some(isDoubtful)).map(([id]) => id);
  const together = [...wanted.keys()].filter((id) => !alone.includes(id));
  const calls = alone.map((id) => [id]);
  for (let from = 0; from < together.length; from += REQUESTS_PER_CALL) {
    calls.push(together.slice(from, from + REQUESTS_PER_CALL));
  }
  for (const ids of calls) {
    const concerned = new Set(ids.flatMap((id) => (wanted.get(id) ?? []).map(({ run }) => run)));
    const jobs = await note(deps, [...concerned], 'jobs', () => deps.cph.listJobs(ids));
    const now = deps.clock.now();
    for (const entry of new Set(ids.flatMap((id) => wanted.get(id) ?? []))) {
      const adopted = ids.length === 1 && isDoubtful(entry) ? adopt(entry, jobs, now) : [];
      record(entry.run, adopted);
      const events = judge(entry, jobs, now);
      record(entry.run, events);
      deps.learned.limits = events.reduce(learnTime, deps.learned.limits);
    }
  }
}

function adopt({ run, phoneId, attempt }: Followed, jobs: Job[], at: number): RunEvent[] {
  const request_id = attempt.unknown?.request_id;
  const attempts = run.state.phones.get(phoneId)?.attempts.values() ?? [];
  const known = new Set([...attempts].flatMap(({ accepted }) => accepted.map((job) => job.job_id)));
  const job = jobs.find((other) => other.phone_id === phoneId && !known.has(other.job_id));
  if (job === undefined || request_id === undefined) return [];
  const own = { phone_id: phoneId, attempt: attempt.number };
  return [{ type: 'accepted', at, ...own, job_id: job.job_id, request_id }];
}

function judge({ phoneId, attempt, overdue }: Followed, jobs: Job[], now: number): RunEvent[] {
  const own = { phone_id: phoneId, attempt: attempt.number };
  const known = new Set(attempt.accepted.map((job) => job.job_id));
  const listed = jobs.filter((job) => known.has(job.job_id));
  const ended =
    listed.find((job) => job.state === 'succeeded') ?? listed.find((job) => job.state === 'failed');
  if (ended !== undefined) return [endOf(ended, own, now)];
  if (statusOf(attempt).kind !== 'running') return [];
  const missing = missingSince(attempt.listing);
  if (listed.length > 0 && overdue !== undefined) {
    const { phone_id } = own;
    return [{ type: 'outcome', at: now, phone_id, outcome: 'timed_out', reason: overdue }];
  }
  if (listed.length > 0) return missing === undefined ? [] : [{ type: 'listed', at: now, ...own }];
  if (missing === undefined) return [{ type: 'unlisted', at: now, ...own }];
  if (now - missing < VISIBLE_WITHIN_MS) return [];
  return [{ type: 'ended', at: now, ...own, result: 'lost' }];
}

/** The typical time follows the exports that end well, each with a small weight: one that was slow does not make it. */
function learnTime(limits: Limits, event: RunEvent): Limits {
  if (event.type !== 'ended' || event.result !== 'succeeded') return limits;
  if (event.took === undefined || event.took === 0) return limits;
  const known = limits.export_ms ?? event.took;
  return { ...limits, export_ms: Math.max(1, Math.round(known + (event.took - known) / WEIGHT)) };
}

function endOf(job: Job, own: { phone_id: string; attempt: number }, now: number): RunEvent {
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
