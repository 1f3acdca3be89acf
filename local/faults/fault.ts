import * as z from 'zod';
import { CORRUPTIONS } from './corrupt-response.ts';

/** The kinds that affect single phones. */
export const PHONE_KINDS = [
  'item_error',
  'job_failed',
  'missing_object',
  'never_ends',
  'job_vanishes',
] as const;

const CALL_KINDS = [
  'throttle',
  'error',
  'drop_answer',
  'hang',
  'drop_request',
  'garbage',
  'corrupt_response',
  'slow',
] as const;

/** POST /_local/faults: an injected fault. */
export const faultSchema = z.strictObject({
  service: z.enum(['cph', 'iam', 'obs', 'smn', 'functiongraph']),
  operation: z.string().min(1).max(64).optional(),
  kind: z.enum([...CALL_KINDS, ...PHONE_KINDS]),
  status: z.number().int().min(200).max(599).optional(),
  code: z.string().min(1).max(64).optional(),
  per_minute: z.number().int().min(0).max(1_000_000).optional(),
  hint: z.boolean().optional(),
  /** Only for the kinds that affect phones. */
  phones: z.array(z.string().min(1).max(32)).max(100_000).optional(),
  rate: z.number().min(0).max(1).optional(),
  times: z.number().int().min(1).max(1_000_000).optional(),
  /** For `error`: carry the operation out all the same (a 504 after the work was done). */
  carried_out: z.boolean().optional(),
  /** For `error` and `throttle`: the seconds of a Retry-After header. */
  retry_after: z.number().int().min(0).max(86_400).optional(),
  /** For `corrupt_response`: how to change the response. */
  form: z.enum(CORRUPTIONS).optional(),
  /** For `slow`: milliseconds of real time before the response. */
  delay_ms: z.number().int().min(0).max(600_000).optional(),
});

export type Fault = Omit<z.infer<typeof faultSchema>, 'service'> & { service: string };
