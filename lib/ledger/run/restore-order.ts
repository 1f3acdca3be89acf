import * as z from 'zod';
import { idSchema, policyNameSchema, runIdSchema } from '../store/part-of-key.ts';

/** How fast a cold archive becomes readable, as OBS names it. */
export const thawTiers = ['expedited', 'standard'] as const;
export type ThawTier = (typeof thawTiers)[number];

/** How many phones one request may name. A whole run is named by its id. */
const MAX_TARGETS = 5_000;

/** Start stamp of a slot. */
export const slotSchema = z.string().regex(/^\d{8}T\d{6}Z$/);

/** Which archives go to which phones, and how. */
export const restoreOrderSchema = z
  .strictObject({
    /** Phones, each restored from its own archive, or from one of the phone `source`. */
    targets: z
      .array(z.strictObject({ phone: idSchema, source: idSchema.optional() }))
      .min(1)
      .max(MAX_TARGETS)
      .optional(),
    /** Restores the archives of this run. Of a restore: what it was to restore. */
    run: runIdSchema.optional(),
    /** Only the phones of `run` that it did not export, or did not restore. */
    failed_only: z.literal(true).optional(),
    /** The newest archive verified until then: an instant with its offset, or a local time in the zone of the archive's policy. */
    at: z
      .string()
      .regex(
        /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$/,
        'not a time such as 2026-11-28 03:00',
      )
      .optional(),
    /** A drill of this policy, for a slot of its schedule: its settings say which archives go where. */
    drill: z.strictObject({ policy: policyNameSchema, slot: slotSchema.optional() }).optional(),
    /** Only archives of this policy. */
    policy: policyNameSchema.optional(),
    /** Restores only the first phones. */
    first: z.int().min(1).optional(),
    /** Exports each phone before it is overwritten. */
    safety_export: z.boolean(),
    /** Restarts each phone after its restore. */
    restart: z.boolean(),
    /** Resets each phone first, so that it holds nothing but the archive. */
    reset_first: z.literal(true).optional(),
    /** How fast archives in a cold storage class become readable; expedited if absent. */
    thaw: z.enum(thawTiers).optional(),
    /** False: the phones are not checked for leftovers and owners. */
    checks: z.literal(false).optional(),
  })
  .refine(
    ({ targets, run, drill }) => [targets, run, drill].some((one) => one !== undefined),
    'no phones, no run and no drill',
  )
  .refine(({ failed_only, run }) => failed_only === undefined || run !== undefined, 'no run');

export type RestoreOrder = z.infer<typeof restoreOrderSchema>;
