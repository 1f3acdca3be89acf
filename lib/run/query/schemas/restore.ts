import * as z from 'zod';
import { count, instant } from './object.ts';

const sourceSchema = z.object({
  phone_id: z.string().describe('The phone that was exported.'),
  phone_name: z.string(),
  policy: z.string(),
  run_id: z.string(),
  bucket: z.string(),
  key: z.string(),
  size: count,
  verified_at: instant,
  image_version: z.string().optional(),
});

const plannedRestoreSchema = z.object({
  phone_id: z.string().describe('The phone to restore.'),
  phone_name: z.string(),
  server_id: z.string(),
  image_version: z.string().optional(),
  plan: z.enum(['restore', 'wait', 'skip', 'fail']),
  reason: z.string().optional(),
  thaw: z
    .literal(true)
    .optional()
    .describe('The archive is in a cold storage class: OBS makes it readable first.'),
  source: sourceSchema.optional().describe('The archive that it gets.'),
});

/** What a restore would do if it started now. Phones in submission order. */
export const restorePreviewSchema = z.object({
  as_of: instant.describe('When the phones were read.'),
  failure: z
    .object({ code: z.string(), message: z.string() })
    .optional()
    .describe('Why the restore would fail before it starts.'),
  counts: z.object({ selected: count, restore: count, wait: count, skip: count, fail: count }),
  safety_export: z.boolean().describe('Whether each phone is exported first.'),
  restart: z.boolean(),
  reset_first: z.boolean().describe('Whether each phone is reset first.'),
  phones: z.array(plannedRestoreSchema),
});

export type RestorePreview = z.infer<typeof restorePreviewSchema>;
export type PlannedRestore = z.infer<typeof plannedRestoreSchema>;
