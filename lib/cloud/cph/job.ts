import * as z from 'zod';
import { compact, id, integer, message, records, text } from '../request/fields.ts';

/** One phone's export, as batch-storage takes it (cph_api_0538). */
export type StorageInfo = {
  phone_id: string;
  include_files: string[];
  exclude_files?: string[];
  bucket_name: string;
  object_path: string;
};

/** One phone's restore, as batch-restore takes it (cph_api_0539). `phone_id` is the phone to write to. */
export type RestoreInfo = { phone_id: string; bucket_name: string; object_path: string };

/** One phone in the response to a submission: it has a `job_id`, or a `code` when CPH refused it. */
export type PhoneJob = {
  phone_id?: string;
  job_id?: string;
  code?: string;
  message?: string;
};

const phoneJob = z
  .object({ phone_id: id, job_id: id, error_code: text, error_msg: message })
  .transform(({ error_code: code, error_msg, ...ids }): PhoneJob =>
    compact({ ...ids, code, message: error_msg }),
  );

export const submitReply = z.object({
  request_id: id,
  jobs: records.pipe(z.array(phoneJob)),
});

export type Job = {
  job_id: string;
  phone_id?: string;
  state: 'running' | 'succeeded' | 'failed' | 'unknown';
  /** Of a job that failed. */
  code?: string;
  message?: string;
  /** How long CPH says that it ran, in ms. */
  took?: number;
  /** What the command of the job printed, cut at 1,024 characters. It may name what is on the phone: keep it out of logs. */
  output?: string;
};

const job = z.object({
  job_id: id,
  phone_id: id,
  status: integer,
  error_code: text,
  error_msg: message,
  begin_time: text,
  end_time: text,
  execute_msg: text,
});

/** CPH's codes for the state of a job (cph_api_0522). */
const STATES: Partial<Record<string, Job['state']>> = {
  '1': 'running',
  '2': 'succeeded',
  '-1': 'failed',
};

export const jobsReply = z.object({ jobs: records.pipe(z.array(job)) }).transform(({ jobs }) => ({
  received: jobs.length,
  jobs: jobs.flatMap((entry) => jobOf(entry) ?? []),
}));

function jobOf({ job_id, phone_id, status, ...rest }: z.output<typeof job>): Job | undefined {
  if (job_id === undefined) return undefined;
  const state = STATES[String(status)] ?? 'unknown';
  const failure = state === 'failed' ? { code: rest.error_code, message: rest.error_msg } : {};
  const took = timeBetween(rest.begin_time, rest.end_time);
  const output = rest.execute_msg;
  return { job_id, state, ...compact({ phone_id, ...failure, took, output }) };
}

/** Times are UTC, `YYYY-MM-DDTHH:MM:SSZ`. */
function timeBetween(begin: string | undefined, end: string | undefined): number | undefined {
  const took = Date.parse(end ?? '') - Date.parse(begin ?? '');
  return took >= 0 ? took : undefined;
}
