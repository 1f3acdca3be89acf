import * as z from 'zod';

const phoneTry = { phone_id: z.string(), attempt: z.number().int().min(1) };
const at = z.number();

/**
 * What a run's log tells. Every event is a fact that stays true: the state of a run is what follows from all
 * of them, in whatever order two writers appended them. `at` is epoch milliseconds.
 */
export const eventSchema = z.discriminatedUnion('type', [
  /** A passing state became an exportable one. */
  z.object({ type: z.literal('ready'), at, phone_id: z.string() }),
  /** These tries will be sent now, in calls of this window: written before any of them is. */
  z.object({
    type: z.literal('intent'),
    at,
    window: z.string(),
    attempts: z.array(z.object(phoneTry)),
  }),
  z.object({
    type: z.literal('accepted'),
    at,
    ...phoneTry,
    job_id: z.string(),
    request_id: z.string(),
  }),
  z.object({
    type: z.literal('refused'),
    at,
    ...phoneTry,
    code: z.string(),
    message: z.string().optional(),
  }),
  /** Sent, but the answer was lost or says nothing of this phone: the service may have started a job. */
  z.object({
    type: z.literal('outcome_unknown'),
    at,
    ...phoneTry,
    request_id: z.string().optional(),
  }),
  /** The window is closed; these of its tries were never carried out, for certain. */
  z.object({
    type: z.literal('unsent'),
    at,
    window: z.string(),
    attempts: z.array(z.object(phoneTry)),
  }),
  /** The job came to its end, or is not to be found any more. */
  z.object({
    type: z.literal('ended'),
    at,
    ...phoneTry,
    result: z.enum(['succeeded', 'failed', 'lost']),
    code: z.string().optional(),
    message: z.string().optional(),
    /** How long the service says the job took, in ms. */
    took: z.number().optional(),
  }),
  z.object({ type: z.literal('verified'), at, ...phoneTry, size: z.number(), etag: z.string() }),
  /** Neither LIST nor HEAD shows the archive. Believed only after a second look. */
  z.object({ type: z.literal('absent'), at, ...phoneTry }),
  /** The archive will not come or cannot be one: absent for good, or too small. */
  z.object({ type: z.literal('archive_rejected'), at, ...phoneTry, reason: z.string() }),
  /** The phone's end where no archive decides it. */
  z.object({
    type: z.literal('outcome'),
    at,
    phone_id: z.string(),
    outcome: z.enum(['failed', 'skipped', 'timed_out', 'cancelled']),
    reason: z.string(),
    code: z.string().optional(),
  }),
  /** A call was refused for one of its phones: until one is accepted, calls hold so many at most. */
  z.object({ type: z.literal('batch_size_reduced'), at, size: z.number().int().min(1) }),
  /** The job was not listed where it should be, or is listed again. */
  z.object({ type: z.literal('unlisted'), at, ...phoneTry }),
  z.object({ type: z.literal('listed'), at, ...phoneTry }),
  /** A look at the jobs or the archives failed, or works again. */
  z.object({ type: z.literal('outage_started'), at, to: z.enum(['jobs', 'archives']) }),
  z.object({ type: z.literal('outage_ended'), at, to: z.enum(['jobs', 'archives']) }),
  z.object({ type: z.literal('cancel_seen'), at }),
  /** Something that holds the run up, for whoever reads the log. */
  z.object({ type: z.literal('step_failed'), at, code: z.string(), message: z.string() }),
  z.object({
    type: z.literal('superseded_deleted'),
    at,
    key: z.string(),
    phone_id: z.string().optional(),
    attempt: z.number().int().min(1).optional(),
  }),
  z.object({
    type: z.literal('notified'),
    at,
    message_id: z.string().optional(),
    skipped: z.string().optional(),
  }),
  z.object({ type: z.literal('notify_failed'), at, code: z.string(), message: z.string() }),
]);

export type RunEvent = z.infer<typeof eventSchema>;
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
