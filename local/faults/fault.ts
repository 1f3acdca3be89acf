import * as z from 'zod';
import { TWISTS, type Twist } from './corrupt-response.ts';

/** An injected fault, as POST /_local/faults took it; see the contract for the kinds. */
export type Fault = {
  service: string;
  operation?: string;
  kind:
    | 'throttle'
    | 'error'
    | 'drop_answer'
    | 'hang'
    | 'drop_request'
    | 'garbage'
    | 'twist'
    | 'slow'
    | 'item_error'
    | 'job_failed'
    | 'missing_object'
    | 'never_ends'
    | 'job_vanishes';
  status?: number;
  code?: string;
  per_minute?: number;
  hint?: boolean;
  phones?: string[];
  rate?: number;
  times?: number;
  /** For `error`: the operation is carried out all the same (a 504 after the work was done). */
  carried_out?: boolean;
  /** For `error` and `throttle`: the seconds of a Retry-After header. */
  retry_after?: number;
  /** For `twist`: what becomes of the answer. */
  form?: Twist;
  /** For `slow`: milliseconds of true time before the answer. */
  delay_ms?: number;
};

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
      'drop_request',
      'garbage',
      'twist',
      'slow',
      'item_error',
      'job_failed',
      'missing_object',
      'never_ends',
      'job_vanishes',
    ]),
    status: z.number().int().min(200).max(599).optional(),
    code: z.string().min(1).max(64).optional(),
    per_minute: z.number().int().min(0).max(1_000_000).optional(),
    hint: z.boolean().optional(),
    phones: z.array(z.string().min(1).max(32)).max(100_000).optional(),
    rate: z.number().min(0).max(1).optional(),
    times: z.number().int().min(1).max(1_000_000).optional(),
    carried_out: z.boolean().optional(),
    retry_after: z.number().int().min(0).max(86_400).optional(),
    form: z.enum(TWISTS).optional(),
    delay_ms: z.number().int().min(0).max(600_000).optional(),
  })
  // Absent and undefined are one thing here; the cast only says so to exactOptionalPropertyTypes.
  .transform((fault) => fault as Fault);
