import * as z from 'zod';
import { readResults } from '../../../ledger/run/events.ts';
import { triggers } from '../../../ledger/run/request.ts';
import { count, instant } from './object.ts';

/** A verified archive of the catalogue. */
export const archiveSchema = z.object({
  phone_id: z.string(),
  phone_name: z.string().describe('At the time of the run.'),
  policy: z.string(),
  run_id: z.string(),
  trigger: z.enum(triggers),
  bucket: z.string(),
  key: z.string(),
  size: count,
  etag: z.string(),
  verified_at: instant,
  generation: instant
    .optional()
    .describe('When the phone was last reset before the run, as far as an event has reported it.'),
  image_version: z.string().optional(),
  suspect: z
    .literal(true)
    .optional()
    .describe(
      'Much smaller than the archives before it, or read and found missing, changed or broken.',
    ),
  read: z
    .object({
      at: instant,
      result: z.enum(readResults),
      entries: count.optional(),
      files: count.optional(),
      bytes: count.optional(),
      absent: z.array(z.string()).optional(),
    })
    .optional()
    .describe(
      'What came of reading it to its end. `absent`: the first included paths of which it holds nothing.',
    ),
  pinned: z.literal(true).optional().describe('Kept until it is unpinned.'),
  trashed_at: instant
    .optional()
    .describe('Since when it is in the trash: no retention rule keeps it.'),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
});

export type ArchiveView = z.infer<typeof archiveSchema>;
