import * as z from 'zod';
import { metricsSchema } from '../../ledger/run/metrics.ts';
import { countsSchema, phoneOutcomes, runOutcomes } from '../../ledger/run/report.ts';
import { triggers } from '../../ledger/run/request.ts';
import { freshnessStates } from '../freshness/judge.ts';

// What the command line prints with --json and what the HTTP API returns: the same shapes.

const instant = z.iso.datetime().describe('Time in UTC, ISO 8601.');
const count = z.int().min(0);

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Returns epoch ms as ISO 8601. A time out of range becomes the nearest valid one, so that one wrong number breaks no view. */
export function instantOf(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), LAST_MS)).toISOString();
}

/** An object of the ledger that cannot be used, and what to do about it. */
export const objectProblemSchema = z.object({
  key: z.string().describe('Below the prefix of the ledger.'),
  code: z.string(),
  message: z.string().describe('What happened, with the code and the request id of OBS.'),
  hint: z.string().optional().describe('What to do.'),
});

/** Such an object, and since when drive has not been able to use it; null when only this call has met it. */
export const unreadableObjectSchema = objectProblemSchema.extend({
  run_id: z.string().optional().describe('The run that rests because of it.'),
  policy: z.string().optional(),
  since: instant.nullable().describe('Since when drive cannot use it. Null: drive has not met it.'),
  retry_at: instant.nullable().describe('When drive tries it again.'),
});

/** The states of a phone in an open run. */
const openStates = ['waiting', 'queued', 'exporting', 'verifying', 'outcome_unknown'] as const;

/** The number of phones in each state of an open run, then with each outcome. */
export const progressSchema = z.object({
  selected: count,
  waiting: count.describe('Phones that start, stop or reset: not sent yet.'),
  queued: count.describe('To be sent, for the first time or as a retry.'),
  exporting: count,
  verifying: count.describe('The job succeeded; the archive is being checked.'),
  outcome_unknown: count.describe('The response of CPH was lost; the archive may still arrive.'),
  exported: count,
  failed: count,
  skipped: count,
  timed_out: count,
  cancelled: count,
});

export const runSummarySchema = z.object({
  run_id: z.string(),
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
  unconfirmed_archive: z.array(z.string()).optional(),
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

export const policyStatusSchema = z.object({
  policy: z.string(),
  state: z
    .enum(['active', 'disabled', 'paused', 'unscheduled', 'invalid', 'unreadable'])
    .describe('unreadable: OBS does not return the policy file.'),
  errors: z
    .array(z.string())
    .optional()
    .describe('Validation errors of an invalid policy, at most 20.'),
  paused_until: instant.optional(),
  schedule: z.object({ cron: z.string(), timezone: z.string() }).optional(),
  on_provisioned: z.boolean(),
  next_slot: instant.nullable(),
  freshness: z
    .enum([...freshnessStates, 'unknown'])
    .describe(
      'stale: too few phones have a recent backup (objective). never: no phone has a backup, but none can be late yet. unknown: the policy file, or the history of its runs and its phones, cannot be read.',
    ),
  objective: z
    .object({
      max_age_seconds: z
        .number()
        .nullable()
        .describe('Null: the last two slots that should have ended count.'),
      phones_percent: z.number(),
    })
    .optional()
    .describe('Missing for an invalid policy.'),
  late_before: instant
    .nullable()
    .describe('Archives older than this are late. Null while none can be late.'),
  phones: z
    .object({
      counted: count.describe('fresh, late and never together.'),
      fresh: count,
      late: count.describe('Phones whose last verified archive is too old.'),
      never: count.describe('Phones without a verified archive.'),
      not_exportable: count.describe('Phones that the last run skipped, such as stopped ones.'),
      unknown: count.describe('Phones whose last archive cannot be read.'),
    })
    .nullable()
    .describe('Phones of the last run of all phones. Null before it.'),
  last_run: z
    .object({ run_id: z.string(), outcome: z.enum(runOutcomes), settled_at: instant })
    .nullable(),
  last_good_run: z.object({ run_id: z.string(), settled_at: instant }).nullable(),
  open_runs: z.array(z.string()),
  unreadable: z
    .array(objectProblemSchema)
    .optional()
    .describe('Objects of the policy that cannot be used. What they hold is missing here.'),
});

/** How recent a phone's backup is, those that need attention first. */
export const phoneStates = [
  'never',
  'late',
  'unknown',
  'not_exportable',
  'fresh',
  'not_selected',
] as const;

/** A phone of a policy, and its last verified archive if it has one. */
export const phoneBackupSchema = z.object({
  phone_id: z.string(),
  phone_name: z.string(),
  policy: z.string(),
  state: z
    .enum(phoneStates)
    .describe(
      'never: no archive. late: it is too old. unknown: the index cannot be read. not_exportable: the last run skipped the phone. not_selected: that run did not select it.',
    ),
  reason: z.string().optional().describe('Why the last run of all phones did not export it.'),
  code: z.string().optional(),
  verified_at: instant.nullable(),
  run_id: z.string().optional(),
  size: count.optional(),
  bucket: z.string().optional(),
  key: z.string().optional(),
});

const plannedPhoneViewSchema = z.object({
  phone_id: z.string(),
  phone_name: z.string(),
  server_id: z.string(),
  plan: z.enum(['export', 'wait', 'skip', 'fail']),
  reason: z.string().optional(),
  key: z.string().optional().describe('Where the first attempt will store the archive.'),
});

/** What a run would do if it started now. Phones in submission order. */
export const previewSchema = z.object({
  policy: z.string(),
  slot: z.string(),
  as_of: instant.describe('When the fleet was read.'),
  listing_complete: z.boolean(),
  failure: z
    .object({ code: z.string(), message: z.string() })
    .optional()
    .describe('Why the run would fail before it starts.'),
  bucket: z.string().optional(),
  folder: z.string().optional().describe('The folder of the run.'),
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
  counts: z.object({
    selected: count,
    export: count,
    wait: count,
    skip: count,
    fail: count,
  }),
  calls: z
    .object({
      export_calls: count,
      phones_per_call: count,
      calls_per_minute: count,
      learned: z.boolean().describe('False while the limits are the initial ones.'),
    })
    .optional(),
  estimate: z
    .object({
      ms: count.describe('From start to the last archive.'),
      export_ms: count
        .nullable()
        .describe('Typical time of one export. Null when none was measured.'),
      limited_by: z.enum(['calls', 'servers', 'export']),
      deadline_ms: count,
      meets_deadline: z.boolean(),
    })
    .optional(),
  costs: z
    .object({
      run_id: z.string(),
      exported: count,
      archive_bytes: count,
      function_ms: count.optional(),
      calls: z
        .record(z.string(), count)
        .optional()
        .describe('Calls by service, every attempt counted.'),
    })
    .optional()
    .describe("Cost of the policy's last run that exported anything. Only on the command line."),
  unreadable: z
    .array(objectProblemSchema)
    .optional()
    .describe('Objects of earlier runs that cannot be used. Only on the command line.'),
  phones: z.array(plannedPhoneViewSchema),
});

export type ObjectProblem = z.infer<typeof objectProblemSchema>;
export type UnreadableObject = z.infer<typeof unreadableObjectSchema>;
export type Progress = z.infer<typeof progressSchema>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type RunView = z.infer<typeof runViewSchema>;
export type RunPhone = z.infer<typeof runPhoneSchema>;
export type LogLine = z.infer<typeof logLineSchema>;
export type ExportCall = z.infer<typeof exportCallSchema>;
export type PolicyStatus = z.infer<typeof policyStatusSchema>;
export type PhoneBackup = z.infer<typeof phoneBackupSchema>;
export type PlannedPhoneView = z.infer<typeof plannedPhoneViewSchema>;
export type Preview = z.infer<typeof previewSchema>;
