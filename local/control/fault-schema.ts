import * as z from 'zod';
import type { Fault } from '../types.ts';

/** POST /_local/faults. Kinds that strike phones take `phones`; all take `rate` and `times`. */
export const faultSchema = z
  .strictObject({
    service: z.enum(['cph', 'iam', 'obs', 'smn', 'functiongraph']),
    operation: z.string().min(1).max(64).optional(),
    kind: z.enum([
      'throttle',
      'error',
      'drop_answer',
      'hang',
      'garbage',
      'item_error',
      'job_failed',
      'missing_object',
      'never_ends',
    ]),
    status: z.number().int().min(400).max(599).optional(),
    code: z.string().min(1).max(64).optional(),
    per_minute: z.number().int().min(0).max(1_000_000).optional(),
    hint: z.boolean().optional(),
    phones: z.array(z.string().min(1).max(32)).max(100_000).optional(),
    rate: z.number().min(0).max(1).optional(),
    times: z.number().int().min(1).max(1_000_000).optional(),
    carried_out: z.boolean().optional(),
  })
  // Absent and undefined are one thing here; the cast only says so to exactOptionalPropertyTypes.
  .transform((fault) => fault as Fault);
