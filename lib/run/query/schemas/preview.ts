import * as z from 'zod';
import { count, instant, objectProblemSchema } from './object.ts';

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
  missing_servers: z
    .array(z.string())
    .optional()
    .describe('Servers of the policy that CPH does not know.'),
  failure: z
    .object({ code: z.string(), message: z.string() })
    .optional()
    .describe('Why the run would fail before it starts.'),
  bucket: z.string().optional(),
  folder: z.string().optional().describe('The folder of the run.'),
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
  hooks: z
    .object({ before: z.array(z.string()), after: z.array(z.string()) })
    .optional()
    .describe('The shell commands of each phone around its export.'),
  fleet: count.optional().describe('Phones that CPH lists. Missing when the run would fail first.'),
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
  month: z
    .object({
      runs: count.describe('Of this policy, by its schedule.'),
      gb_s: count.describe('GB-seconds of `schedule` and `drive`, with their idle ticks.'),
      cph_calls: count,
      obs_calls: count.describe('With those of idle ticks.'),
      measured: z
        .boolean()
        .describe(
          'Whether a run is taken to cost what the last one did; else what docs/scale.md measured.',
        ),
    })
    .optional()
    .describe('Estimate of a month with only this policy. Only on the command line.'),
  slots: z
    .object({
      timezone: z.string(),
      next: z.array(instant),
      per_day: count.describe('On each day that has slots.'),
    })
    .optional()
    .describe('The next five slots of the schedule. Only on the command line.'),
  warnings: z
    .array(z.string())
    .optional()
    .describe('What is hardly meant in the policy. Only on the command line.'),
  unreadable: z
    .array(objectProblemSchema)
    .optional()
    .describe('Objects of earlier runs that cannot be used. Only on the command line.'),
  phones: z.array(plannedPhoneViewSchema),
});

export type PlannedPhoneView = z.infer<typeof plannedPhoneViewSchema>;
export type Preview = z.infer<typeof previewSchema>;
