import * as z from 'zod';
import { runOutcomes } from '../../../ledger/run/report.ts';
import { freshnessStates } from '../../freshness/judge.ts';
import { count, instant, objectProblemSchema } from './object.ts';

const drillSchema = z.object({
  run_id: z.string(),
  settled_at: instant,
  seconds: count.optional().describe('From the request until the last phone ran.'),
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
  drill: z
    .object({
      state: z
        .enum(['pending', 'passed', 'failed', 'overdue'])
        .describe('overdue: no drill has ended since its slot. pending: none was due yet.'),
      last: drillSchema.nullable(),
      last_passed: drillSchema.nullable(),
      next_slot: instant.nullable(),
    })
    .optional()
    .describe('Of a policy with drills.'),
  hooks: z
    .object({ before: z.array(z.string()), after: z.array(z.string()) })
    .optional()
    .describe('The shell commands of each phone around its export.'),
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

export type PolicyStatus = z.infer<typeof policyStatusSchema>;
export type PhoneBackup = z.infer<typeof phoneBackupSchema>;
