import type { RunEvent } from '../ledger/events.ts';
import type { Try } from '../ledger/fold.ts';
import { standing } from './decide.ts';
import type { Job } from '../cloud/cph-schemas.ts';
import type { RunDeps } from './deps.ts';
import { type OpenRun, record, steps } from './open-run.ts';

const REQUESTS_PER_CALL = 20;
/** A job may take this long to show after it was accepted; one that is still not listed is lost. */
const VISIBLE_WITHIN_MS = 2 * 60_000;

type Followed = { run: OpenRun; phoneId: string; attempt: Try };

/** The export calls whose jobs are of interest now, with the tries that hang on each. */
export function followed(runs: OpenRun[], now: number): Map<string, Followed[]> {
  const byRequest = new Map<string, Followed[]>();
  for (const run of runs) {
    for (const { phone, step } of steps(run, now)) {
      if (step.kind !== 'follow' && step.kind !== 'watch') continue;
      const { attempt } = step;
      const ids = [...attempt.accepted.map((job) => job.request_id), attempt.doubtful?.request_id];
      for (const id of new Set(ids)) {
        if (id === undefined || id === '') continue;
        const entry = { run, phoneId: phone.planned.phone_id, attempt };
        byRequest.set(id, [...(byRequest.get(id) ?? []), entry]);
      }
    }
  }
  return byRequest;
}

/**
 * Asks for the jobs of many export calls at once and records what came to an end. A `Job` does not name its
 * export call, so answers are matched by job id (cph_api_0522); a job of a doubtful try is adopted by phone.
 */
export async function followJobs(
  deps: Pick<RunDeps, 'cph' | 'clock'>,
  runs: OpenRun[],
): Promise<void> {
  const wanted = followed(runs, deps.clock.now());
  const ids = [...wanted.keys()];
  for (let from = 0; from < ids.length; from += REQUESTS_PER_CALL) {
    const chunk = ids.slice(from, from + REQUESTS_PER_CALL);
    const jobs = await deps.cph.listJobs(chunk);
    const now = deps.clock.now();
    for (const entry of new Set(chunk.flatMap((id) => wanted.get(id) ?? []))) {
      record(entry.run, judge(entry, jobs, now));
    }
  }
}

function judge({ phoneId, attempt }: Followed, jobs: Job[], now: number): RunEvent[] {
  const events: RunEvent[] = [];
  const own = { phone_id: phoneId, try: attempt.number };
  const known = new Set(attempt.accepted.map((job) => job.job_id));
  const requestId = attempt.doubtful?.request_id;
  if (known.size === 0 && requestId !== undefined) {
    const job = jobs.find((candidate) => candidate.phone_id === phoneId);
    if (job === undefined) return [];
    known.add(job.job_id);
    events.push({ type: 'accepted', at: now, ...own, job_id: job.job_id, request_id: requestId });
  }
  const listed = jobs.filter((job) => known.has(job.job_id));
  const ended = listed.find((job) => job.status === 2) ?? listed.find((job) => job.status === -1);
  if (ended !== undefined) return [...events, endOf(ended, own, now)];
  const first = attempt.accepted[0];
  const overdue = first !== undefined && now - first.at > VISIBLE_WITHIN_MS;
  if (listed.length === 0 && overdue && standing(attempt).kind === 'running') {
    events.push({ type: 'ended', at: now, ...own, result: 'lost' });
  }
  return events;
}

function endOf(job: Job, own: { phone_id: string; try: number }, now: number): RunEvent {
  const took = Date.parse(job.end_time ?? '') - Date.parse(job.begin_time ?? '');
  return {
    type: 'ended',
    at: now,
    ...own,
    result: job.status === 2 ? 'succeeded' : 'failed',
    ...(job.status === -1 && job.error_code !== undefined ? { code: job.error_code } : {}),
    ...(job.status === -1 && job.error_msg !== undefined
      ? { message: job.error_msg.slice(0, 200) }
      : {}),
    ...(Number.isFinite(took) && took >= 0 ? { took } : {}),
  };
}
