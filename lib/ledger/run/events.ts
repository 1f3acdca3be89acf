import * as z from 'zod';

const phoneAttempt = { phone_id: z.string(), attempt: z.number().int().min(1) };
const at = z.number();

/** What a call does to its phones. Absent in events: an export. */
export const calls = ['export', 'restore', 'command', 'restart', 'reset'] as const;
export type Call = (typeof calls)[number];

/** What became of reading an archive. `unreadable`: a right is missing, or it is in a cold storage class. */
export const readResults = ['ok', 'changed', 'broken', 'missing', 'unreadable'] as const;

/** How far a tar was read: `read` bytes of it, and all entries before byte `next`. */
const readPositionSchema = z.object({
  read: z.int().min(0),
  next: z.int().min(0),
  entries: z.int().min(0),
  files: z.int().min(0),
  bytes: z.number().min(0),
  /** The positions of the included paths of which nothing was found so far. */
  absent: z.array(z.int().min(0)),
});

export type ReadPosition = z.infer<typeof readPositionSchema>;

/** An archive was read to its end, or cannot be. `absent`: the first included paths of which it holds nothing. */
export const readEventSchema = z.object({
  type: z.literal('read'),
  at,
  ...phoneAttempt,
  result: z.enum(readResults),
  entries: z.int().optional(),
  files: z.int().optional(),
  bytes: z.number().optional(),
  absent: z.array(z.string()).optional(),
  message: z.string().optional(),
});

/**
 * An event of a run's log. An event is never changed or withdrawn: the state of a run follows from all its events, in any
 * order. `at` is in epoch ms.
 */
export const eventSchema = z.discriminatedUnion('type', [
  /** A phone in a transient state runs now. */
  z.object({ type: z.literal('ready'), at, phone_id: z.string() }),
  /** The phone was exported before its restore. Without a key it had nothing to export. */
  z.object({ type: z.literal('saved'), at, phone_id: z.string(), key: z.string().optional() }),
  /** The archive of the phone can be read: its storage class is no obstacle any more. */
  z.object({ type: z.literal('thawed'), at, phone_id: z.string() }),
  /** The calls of this window will carry these attempts. Written before the first of them is sent. */
  z.object({
    type: z.literal('intent'),
    at,
    window: z.string(),
    attempts: z.array(
      z.object({
        ...phoneAttempt,
        call: z.enum(calls).optional(),
        /** The name of a command: `contentOf` says what CPH runs. */
        command: z.string().optional(),
      }),
    ),
  }),
  z.object({
    type: z.literal('accepted'),
    at,
    ...phoneAttempt,
    job_id: z.string(),
    request_id: z.string(),
  }),
  z.object({
    type: z.literal('refused'),
    at,
    ...phoneAttempt,
    code: z.string(),
    message: z.string().optional(),
  }),
  /** The response was lost or does not mention this phone: CPH may have started a job. */
  z.object({
    type: z.literal('outcome_unknown'),
    at,
    ...phoneAttempt,
    request_id: z.string().optional(),
  }),
  /** The window is closed. CPH never carried out these of its attempts. */
  z.object({
    type: z.literal('unsent'),
    at,
    window: z.string(),
    attempts: z.array(z.object(phoneAttempt)),
  }),
  /** CPH could not take the call, and carried out none of these attempts. The run makes no call before `until` (epoch ms). */
  z.object({
    type: z.literal('postponed'),
    at,
    window: z.string(),
    attempts: z.array(z.object(phoneAttempt)),
    code: z.string(),
    until: z.number(),
  }),
  /** The job ended, or CPH no longer lists it (`lost`). */
  z.object({
    type: z.literal('ended'),
    at,
    ...phoneAttempt,
    result: z.enum(['succeeded', 'failed', 'lost']),
    code: z.string().optional(),
    message: z.string().optional(),
    /** How long the job took, in ms, as CPH reports it. */
    took: z.number().optional(),
    /** What its command printed, as CPH cut it. */
    output: z.string().optional(),
  }),
  z.object({
    type: z.literal('verified'),
    at,
    ...phoneAttempt,
    size: z.number(),
    etag: z.string(),
  }),
  /** Neither LIST nor HEAD finds the archive. It counts as missing only after a second lookup. */
  z.object({ type: z.literal('absent'), at, ...phoneAttempt }),
  /** The archive is missing or too small. */
  z.object({ type: z.literal('archive_rejected'), at, ...phoneAttempt, reason: z.string() }),
  /** The outcome of a phone that was not exported. */
  z.object({
    type: z.literal('outcome'),
    at,
    phone_id: z.string(),
    outcome: z.enum(['failed', 'skipped', 'timed_out', 'cancelled']),
    reason: z.string(),
    code: z.string().optional(),
  }),
  /** A call was refused because of one of its phones: calls hold at most `size` phones until CPH accepts an export. */
  z.object({ type: z.literal('batch_size_reduced'), at, size: z.number().int().min(1) }),
  /** CPH does not list the job, or lists it again. */
  z.object({ type: z.literal('unlisted'), at, ...phoneAttempt }),
  z.object({ type: z.literal('listed'), at, ...phoneAttempt }),
  /** Lookups of the jobs or the archives fail, or work again. */
  z.object({ type: z.literal('outage_started'), at, to: z.enum(['jobs', 'archives']) }),
  z.object({ type: z.literal('outage_ended'), at, to: z.enum(['jobs', 'archives']) }),
  z.object({ type: z.literal('cancel_seen'), at }),
  /** A step of the run failed. */
  z.object({ type: z.literal('step_failed'), at, code: z.string(), message: z.string() }),
  /** Something could not be done. `final`: it is given up, and the report says so. */
  z.object({
    type: z.literal('not_done'),
    at,
    step: z.string(),
    code: z.string(),
    message: z.string(),
    final: z.literal(true).optional(),
  }),
  /** A superseded archive will be deleted. Written before the call. */
  z.object({ type: z.literal('delete_intent'), at, ...phoneAttempt, key: z.string() }),
  /** The bucket keeps a superseded archive. */
  z.object({ type: z.literal('delete_refused'), at, key: z.string(), code: z.string() }),
  /** A call that deletes superseded archives failed as a whole. */
  z.object({ type: z.literal('delete_failed'), at, code: z.string(), message: z.string() }),
  z.object({
    type: z.literal('superseded_deleted'),
    at,
    key: z.string(),
    phone_id: z.string().optional(),
    attempt: z.number().int().min(1).optional(),
  }),
  readEventSchema,
  /** An archive was read up to here: another drive goes on. */
  z.object({ type: z.literal('read_part'), at, ...phoneAttempt, position: readPositionSchema }),
  /** No more archives are read of the `chosen` ones. */
  z.object({ type: z.literal('read_ended'), at, chosen: z.int() }),
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
