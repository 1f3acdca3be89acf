import type { Job } from '../../../cloud/cph/job.ts';
import type { RunEvent } from '../../../ledger/run/events.ts';
import { allAttempts, missingSince } from '../../../ledger/run/run-state.ts';
import { statusOf } from '../../state/attempt-status.ts';
import type { PolledAttempt } from './poll-calls.ts';

const MINUTE = 60_000;
/** A job that CPH has not listed for this long is lost. */
const LOST_AFTER_MS = 2 * MINUTE;
const MAX_OUTPUT = 1_024;

/** Returns the event that assigns an unknown job of the phone to an attempt without a job. */
export function findMissingJob(
  { run, phoneId, attempt }: PolledAttempt,
  jobs: Job[],
  at: number,
): RunEvent[] {
  const request_id = attempt.unknown?.request_id;
  const phone = run.state.phones.get(phoneId);
  const attempts = phone === undefined ? [] : allAttempts(phone);
  const known = new Set(attempts.flatMap(({ accepted }) => accepted.map((job) => job.job_id)));
  const job = jobs.find((other) => other.phone_id === phoneId && !known.has(other.job_id));
  if (job === undefined || request_id === undefined) return [];
  const own = { phone_id: phoneId, attempt: attempt.number };
  return [{ type: 'accepted', at, ...own, job_id: job.job_id, request_id }];
}

/** Returns what the listed jobs say about an attempt that has changed. */
export function pollEvents(
  { phoneId, attempt, overdue }: PolledAttempt,
  jobs: Job[],
  now: number,
): RunEvent[] {
  const own = { phone_id: phoneId, attempt: attempt.number };
  const known = new Set(attempt.accepted.map((job) => job.job_id));
  const listed = jobs.filter((job) => known.has(job.job_id));
  const ended =
    listed.find((job) => job.state === 'succeeded') ?? listed.find((job) => job.state === 'failed');
  if (ended !== undefined) {
    const isCommand = attempt.call === 'command';
    return [endedEvent(ended, own, { now, output: isCommand ? ended.output : undefined })];
  }
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

function endedEvent(
  job: Job,
  own: { phone_id: string; attempt: number },
  { now, output }: { now: number; output: string | undefined },
): RunEvent {
  const { code, message, took } = job;
  return {
    type: 'ended',
    at: now,
    ...own,
    result: job.state === 'succeeded' ? 'succeeded' : 'failed',
    ...(code === undefined ? {} : { code: code.slice(0, 64) }),
    ...(message === undefined ? {} : { message: message.slice(0, 200) }),
    ...(took === undefined ? {} : { took }),
    ...(output === undefined ? {} : { output: output.slice(0, MAX_OUTPUT) }),
  };
}
