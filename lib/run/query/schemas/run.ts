import * as z from 'zod';
import { metricsSchema } from '../../../ledger/run/log/metrics.ts';
import {
  countsSchema,
  phoneOutcomes,
  reportedPhoneSchema,
  reportSchema,
  runOutcomes,
} from '../../../ledger/run/report.ts';
import { readResults } from '../../../ledger/run/events.ts';
import { triggers } from '../../../ledger/run/request.ts';
import { count, instant, objectProblemSchema } from './object.ts';

/** The states of a phone in an open run. */
const openStates = [
  ...(['waiting', 'queued', 'exporting', 'verifying', 'outcome_unknown'] as const),
  ...(['thawing', 'saving', 'restoring', 'restarting'] as const),
];

/** The number of phones in each state of an open run, then with each outcome. */
export const progressSchema = z.object({
  selected: count,
  waiting: count.describe('Phones that start, stop or reset: not sent yet.'),
  queued: count.describe('To be sent, for the first time or as a retry.'),
  exporting: count,
  verifying: count.describe('The job succeeded; the archive is being checked.'),
  outcome_unknown: count.describe('The response of CPH was lost; the archive may still arrive.'),
  thawing: count
    .optional()
    .describe('Of a restore: OBS makes the archive readable, which is in a cold storage class.'),
  saving: count.optional().describe('Of a restore: the phone is exported first.'),
  restoring: count.optional().describe('Of a restore.'),
  restarting: count.optional().describe('Of a restore.'),
  exported: count,
  restored: count.optional().describe('Of a restore.'),
  failed: count,
  skipped: count,
  timed_out: count,
  cancelled: count,
});

export const runSummarySchema = z.object({
  run_id: z.string(),
  kind: z.literal('restore').optional().describe('Of a run that restores phones.'),
  policy: z.string(),
  trigger: z.enum(triggers).nullable().describe('Null when the request is unreadable.'),
  slot: z
    .string()
    .nullable()
    .describe('Start stamp. Null for a run without a slot until it is planned.'),
  phase: z
    .enum(['requested', 'running', 'settled', 'quarantined'])
    .describe(
      'requested: no plan yet. quarantined: an object cannot be read, is invalid, or newer than this version.',
    ),
  cancelling: z.boolean(),
  outcome: z.enum(runOutcomes).nullable(),
  reason: z.string().optional().describe('Why a run ended before it started, or is quarantined.'),
  started_at: instant.nullable(),
  settled_at: instant.nullable(),
  counts: countsSchema.nullable().describe('Outcomes of a settled run.'),
  progress: progressSchema.nullable().describe('Of an open run.'),
  unreadable: z
    .array(objectProblemSchema)
    .optional()
    .describe('Objects of the run that cannot be used. What they hold is missing here.'),
});

export const runViewSchema = runSummarySchema.extend({
  message: z.string().optional(),
  listing_complete: z.boolean().nullable(),
  notified: z
    .object({ at: instant, message_id: z.string().optional(), skipped: z.string().optional() })
    .nullable(),
  failures: z.array(z.object({ at: instant, code: z.string(), message: z.string() })),
  metrics: metricsSchema.nullable().describe('Cost so far. Null when nothing was counted.'),
  report: z.object({ key: z.string().describe('In the bucket of the ledger.') }).nullable(),
  drill: reportSchema.shape.drill.describe('Of a drill that has settled.'),
  read: z
    .object({
      chosen: count.nullable().describe('Null while the archives are being read.'),
      read: count,
      unreadable: count,
      entries: count,
      bytes: count,
      problems: z
        .array(
          z.object({
            phone_id: z.string(),
            result: z.enum(readResults),
            absent: z.array(z.string()).optional(),
            message: z.string().optional(),
          }),
        )
        .describe('Archives that cannot be used, or that lack included paths. At most 50.'),
    })
    .optional()
    .describe('What came of reading archives of the run to their end, as `verify.read` says.'),
  folded: z
    .literal(true)
    .optional()
    .describe(
      'An old run, of which only a summary is left: no log, and only the phones that had an archive.',
    ),
  leftovers: reportSchema.shape.leftovers.describe(
    'Superseded archives that could not be deleted, and why. At most 50.',
  ),
  not_done: reportSchema.shape.not_done.describe('What the run could not do, and why. At most 50.'),
  missing_servers: reportSchema.shape.missing_servers.describe(
    'Servers of the policy that CPH does not know. At most 50.',
  ),
  omitted: z
    .object({ leftovers: count, not_done: count, missing_servers: count })
    .optional()
    .describe('How many more the three lists before would have.'),
});

export const runPhoneSchema = z.object({
  phone_id: z.string(),
  phone_name: z.string(),
  server_id: z.string(),
  state: z.enum([...openStates, ...phoneOutcomes]),
  reason: z.string().optional(),
  code: z.string().optional(),
  attempts: count,
  bucket: z.string().optional(),
  key: z.string().optional(),
  size: count.optional(),
  etag: z.string().optional(),
  verified_at: instant.optional(),
  suspect: z.literal(true).optional().describe('Much smaller than the archives before it.'),
  unconfirmed_archive: z.array(z.string()).optional(),
  unconfirmed_size: z.array(count).optional().describe('The sizes of these objects.'),
  source: reportedPhoneSchema.shape.source.describe('Of a restore: what is restored.'),
  leftovers: reportedPhoneSchema.shape.leftovers.describe(
    'Of a restored phone: files from before that its archive lacks, the first 10. `more`: CPH has cut the list.',
  ),
  owners: reportedPhoneSchema.shape.owners.describe(
    'Of a restored phone: apps whose data had the uid of another phone, put right or still wrong.',
  ),
  unseen: reportedPhoneSchema.shape.unseen.describe(
    'Of a restored phone: what could not be checked, or not completely.',
  ),
  failed_hooks: reportedPhoneSchema.shape.failed_hooks.describe(
    "Commands of the policy's hooks that failed, were refused, or gave no answer.",
  ),
  saved: z.string().optional().describe('Of a restore: the key of the archive from before.'),
  seconds: z
    .number()
    .optional()
    .describe('Of a restored phone: from its restore until it ran again.'),
});

/** One event of a run's log. Its other fields depend on its type. */
export const logLineSchema = z.looseObject({ at: instant, type: z.string() });

/** One export call, from the log. */
export const exportCallSchema = z.object({
  at: instant,
  request_id: z.string().nullable(),
  phones: count,
  accepted: count,
  refused: count,
  outcome_unknown: count,
});

export type Progress = z.infer<typeof progressSchema>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type RunView = z.infer<typeof runViewSchema>;
export type RunPhone = z.infer<typeof runPhoneSchema>;
export type LogLine = z.infer<typeof logLineSchema>;
export type ExportCall = z.infer<typeof exportCallSchema>;
