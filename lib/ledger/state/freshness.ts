import * as z from 'zod';
import { phoneOutcomes } from '../run/report.ts';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';

const oldPhoneSchema = z.object({
  phone_id: z.string(),
  phone_name: z.string(),
  /** The last verified archive (epoch ms). Missing for a phone that was never backed up. */
  verified_at: z.number().optional(),
  /** How it ended in the run, and why. */
  outcome: z.enum(phoneOutcomes),
  reason: z.string().optional(),
  code: z.string().optional(),
});

const freshnessObject = ledgerObject({
  key: layout.freshness,
  version: 1,
  schema: z.object({
    /** The last run of all phones: its phones are the phones of the policy. */
    run_id: z.string(),
    /** Phones that the run skipped, such as stopped ones. They are in no other count. */
    not_exportable: z.number().int(),
    /** Phones whose last archive cannot be read. They are in no other count. */
    unknown: z.number().int(),
    /** Phones without any archive. */
    never: z.number().int(),
    /** How many phones have their last verified archive at a time (epoch ms), oldest first. */
    verified: z.array(z.tuple([z.number(), z.number().int().min(1)])),
    /** The phones that count with the oldest backups, those without any first. */
    oldest: z.array(oldPhoneSchema),
  }),
});

/** How recent the backups of a policy's phones are, in a size that does not grow with the fleet. A cache. */
export type Freshness = ContentOf<typeof freshnessObject>;
export type OldPhone = z.infer<typeof oldPhoneSchema>;

export const { readCache: readFreshness, put: writeFreshness } = freshnessObject;
