import * as z from 'zod';
import { metricsSchema } from '../../ledger/run/metrics.ts';
import { countsSchema, phoneOutcomes, runOutcomes } from '../../ledger/run/report.ts';
import { triggers } from '../../ledger/run/request.ts';

// What the command line prints with --json and the HTTP API answers: the same shapes, so that a script may change sides.

const instant = z.iso.datetime().describe('Time in UTC, ISO 8601.');
const count = z.int().min(0);

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Writes epoch ms as views do; a time beyond their range as its nearest end, so that one wrong number breaks no view. */
export function instantOf(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), LAST_MS)).toISOString();
}

/** Where a phone stands in a run that goes on. */
const liveStates = ['waiting', 'queued', 'exporting', 'verifying', 'in_doubt'] as const;

/** How many phones of a run stand where: its live states, then its outcomes. */
export const progressSchema = z.object({
  selected: count,
  waiting: count.describe('Starting, stopping or being reset: not sent yet.'),
  queued: count.describe('To be sent, for the first time or again.'),
  exporting: count,
  verifying: count.describe('The job has ended well; its archive is being looked for.'),
  in_doubt: count.describe('The answer of CPH was lost: the archive is watched for.'),
  exported: count,
  failed: count,
  skipped: count,
  timed_out: count,
  cancelled: count,
});

export const runSummarySchema = z.object({
  run_id: z.string(),
  policy: z.string(),
  trigger: z.enum(triggers).nullable().describe('Null when the request cannot be read.'),
  slot: z.string().nullable().describe('Start stamp; null until a run without a slot is planned.'),
  phase: z
    .enum(['requested', 'running', 'settled', 'quarantined'])
    .describe(
      'requested: no plan yet. quarantined: its objects are broken or newer than this version.',
    ),
  cancelling: z.boolean(),
  outcome: z.enum(runOutcomes).nullable(),
  reason: z.string().optional().describe('Why a run ended before it started, or was quarantined.'),
  started_at: instant.nullable(),
  settled_at: instant.nullable(),
  counts: countsSchema.nullable().describe('Outcomes of a settled run.'),
  progress: progressSchema.nullable().describe('Of a run that goes on.'),
});

export const runViewSchema = runSummarySchema.extend({
  message: z.string().optional(),
  listing_complete: z.boolean().nullable(),
  notified: z
    .object({ at: instant, message_id: z.string().optional(), skipped: z.string().optional() })
    .nullable(),
  failures: z.array(z.object({ at: instant, code: z.string(), message: z.string() })),
  metrics: metricsSchema
    .nullable()
    .describe('What it has cost so far. Null where nothing was counted.'),
  report: z.object({ key: z.string().describe('In the bucket of the ledger.') }).nullable(),
});

export const runPhoneSchema = z.object({
  phone_id: z.string(),
  phone_name: z.string(),
  server_id: z.string(),
  state: z.enum([...liveStates, ...phoneOutcomes]),
  reason: z.string().optional(),
  code: z.string().optional(),
  attempts: count,
  bucket: z.string().optional(),
  key: z.string().optional(),
  size: count.optional(),
  etag: z.string().optional(),
  unconfirmed_archive: z.array(z.string()).optional(),
});

/** One fact of a run's log; what else it holds depends on its type. */
export const logLineSchema = z.looseObject({ at: instant, type: z.string() });

/** One export call, as the log tells it. */
export const exportCallSchema = z.object({
  at: instant,
  request_id: z.string().nullable(),
  phones: count,
  accepted: count,
  refused: count,
  unanswered: count,
});

export const policyStatusSchema = z.object({
  policy: z.string(),
  state: z.enum(['active', 'disabled', 'paused', 'unscheduled', 'invalid']),
  faults: z.array(z.string()).optional().describe('Of an invalid policy, at most 20.'),
  paused_until: instant.optional(),
  schedule: z.object({ cron: z.string(), timezone: z.string() }).optional(),
  on_provisioned: z.boolean(),
  next_slot: instant.nullable(),
  freshness: z
    .enum(['fresh', 'stale', 'never', 'unscheduled'])
    .describe(
      'stale: the last two slots that should be over have no completed run. never: none has completed, but two slots have not passed yet.',
    ),
  last_run: z
    .object({ run_id: z.string(), outcome: z.enum(runOutcomes), settled_at: instant })
    .nullable(),
  last_good_run: z.object({ run_id: z.string(), settled_at: instant }).nullable(),
  open_runs: z.array(z.string()),
});

/** The last verified archive of a phone for one policy. */
export const phoneArchiveSchema = z.object({
  phone_id: z.string(),
  phone_name: z.string(),
  policy: z.string(),
  run_id: z.string(),
  verified_at: instant,
  size: count,
  bucket: z.string(),
  key: z.string(),
});

const plannedPhoneViewSchema = z.object({
  phone_id: z.string(),
  phone_name: z.string(),
  server_id: z.string(),
  plan: z.enum(['export', 'wait', 'skip', 'fail']),
  reason: z.string().optional(),
  key: z.string().optional().describe('Where the archive of the first try will lie.'),
});

/** What a run would do, were it to start now. Phones in the order of their submission. */
export const previewSchema = z.object({
  policy: z.string(),
  slot: z.string(),
  as_of: instant.describe('When the fleet was read.'),
  listing_complete: z.boolean(),
  failure: z
    .object({ code: z.string(), message: z.string() })
    .optional()
    .describe('Why the run would end before it starts.'),
  bucket: z.string().optional(),
  folder: z.string().optional().describe("The run's own folder."),
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
      learned: z
        .boolean()
        .describe('False while the limits are those that every fleet begins with.'),
    })
    .optional(),
  estimate: z
    .object({
      ms: count.describe('From start to the last archive.'),
      export_ms: count.nullable().describe('Typical time of one export; null when none was seen.'),
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
        .describe('Calls by service, every try counted.'),
    })
    .optional()
    .describe(
      "What the policy's last run that exported anything has cost; told by the command line only.",
    ),
  phones: z.array(plannedPhoneViewSchema),
});

export type Progress = z.infer<typeof progressSchema>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type RunView = z.infer<typeof runViewSchema>;
export type RunPhone = z.infer<typeof runPhoneSchema>;
export type LogLine = z.infer<typeof logLineSchema>;
export type ExportCall = z.infer<typeof exportCallSchema>;
export type PolicyStatus = z.infer<typeof policyStatusSchema>;
export type PhoneArchive = z.infer<typeof phoneArchiveSchema>;
export type PlannedPhoneView = z.infer<typeof plannedPhoneViewSchema>;
export type Preview = z.infer<typeof previewSchema>;
