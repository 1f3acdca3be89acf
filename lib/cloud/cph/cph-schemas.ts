import * as z from 'zod';
import { scrub } from '../request/redact.ts';

// The services leave fields out, send null or send '' for the same thing: all of them read as undefined.
const word = z
  .unknown()
  .optional()
  .transform((value) =>
    typeof value === 'string' && value !== '' ? value.slice(0, 1_024) : undefined,
  );
/**
 * An id, which becomes part of keys and addresses: what could lead out of a folder or be no name at all is none. CPH's own
 * have 32 hexadecimal digits.
 */
const id = word.transform((value) =>
  value !== undefined && /^[\w-]{1,64}$/.test(value) && value !== '__proto__' ? value : undefined,
);
const whole = z
  .unknown()
  .optional()
  .transform((value) => {
    const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) ? (number as number) : undefined;
  });
// Texts of the service go into reports: they must not carry addresses or identities of a phone.
const said = word.transform((value) => (value === undefined ? undefined : scrub(value, 300)));
const record = z.record(z.string(), z.unknown());

/** A list that may be null or absent; entries that are not objects are dropped. */
const records = z
  .unknown()
  .optional()
  .transform((value) =>
    (Array.isArray(value) ? value : []).flatMap((entry) => {
      const parsed = record.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    }),
  );

/** Drops the fields that are undefined, so that a value compares and serialises without them. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as never;
}

export type Phone = {
  phone_id: string;
  phone_name: string;
  server_id: string;
  /** As CPH numbers them (2 is running); -1, which CPH does not use, when it told none. */
  status: number;
  image_version?: string;
  create_time?: string;
};

const phoneFields = z.object({
  phone_id: id,
  phone_name: word,
  server_id: id,
  status: whole,
  image_version: word,
  create_time: word,
});

/** The phone in one entry; undefined when it names no phone. */
export function phoneOf(entry: unknown): Phone | undefined {
  const parsed = phoneFields.safeParse(entry);
  if (!parsed.success || parsed.data.phone_id === undefined) return undefined;
  const { phone_id, phone_name = '', server_id = '', status = -1, ...rest } = parsed.data;
  return { phone_id, phone_name, server_id, status, ...compact(rest) };
}

export const phoneReply = z
  .unknown()
  .optional()
  .transform((value, context) => {
    const phone = phoneOf(value);
    if (phone) return phone;
    context.addIssue('no phone in the answer');
    return z.NEVER;
  });

export const phonesReply = z
  .object({ count: whole, phones: records })
  .refine(({ count, phones }) => count !== undefined || phones.length > 0);

const server = z.object({ resource_id: id });

export const serversReply = z
  .object({ resources: records.pipe(z.array(server)), total_count: whole })
  .refine(({ total_count: total, resources }) => total !== undefined || resources.length > 0);

/** One entry of an answer to a submission: it has a `job_id`, or an `error_code` when turned away. */
export type PhoneJob = {
  phone_id?: string;
  job_id?: string;
  error_code?: string;
  error_msg?: string;
};

const phoneJob = z
  .object({ phone_id: id, job_id: id, error_code: word, error_msg: said })
  .transform((job): PhoneJob => compact(job));

export const submitReply = z.object({
  request_id: id,
  jobs: records.pipe(z.array(phoneJob)),
});

/** Status: 1 running, 2 success, -1 failure. Times are UTC, `YYYY-MM-DDTHH:MM:SSZ`. */
export type Job = {
  job_id: string;
  phone_id?: string;
  status?: number;
  error_code?: string;
  error_msg?: string;
  begin_time?: string;
  end_time?: string;
};

const job = z.object({
  job_id: id,
  phone_id: id,
  status: whole,
  error_code: word,
  error_msg: said,
  begin_time: word,
  end_time: word,
});

export const jobsReply = z.object({ jobs: records.pipe(z.array(job)) }).transform(({ jobs }) => ({
  received: jobs.length,
  jobs: jobs.flatMap(({ job_id, ...rest }): Job[] =>
    job_id === undefined ? [] : [{ job_id, ...compact(rest) }],
  ),
}));

/** One phone's export, as batch-storage takes it (cph_api_0538). */
export type StorageInfo = {
  phone_id: string;
  include_files: string[];
  exclude_files?: string[];
  bucket_name: string;
  object_path: string;
};
