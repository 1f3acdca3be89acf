import * as z from 'zod';

// What the command line prints with --json and what the HTTP API returns: the same shapes.

export const instant = z.iso.datetime().describe('Time in UTC, ISO 8601.');
export const count = z.int().min(0);

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Returns epoch ms as ISO 8601. A time out of range becomes the nearest valid one, so that one wrong number breaks no view. */
export function instantOf(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), LAST_MS)).toISOString();
}

/** An object of the ledger that cannot be used, and what to do about it. */
export const objectProblemSchema = z.object({
  key: z.string().describe('Below the prefix of the ledger.'),
  code: z.string(),
  message: z.string().describe('What happened, with the code and the request id of OBS.'),
  hint: z.string().optional().describe('What to do.'),
});

/** Such an object, and since when drive has not been able to use it; null when only this call has met it. */
export const unreadableObjectSchema = objectProblemSchema.extend({
  run_id: z.string().optional().describe('The run that rests because of it.'),
  policy: z.string().optional(),
  since: instant.nullable().describe('Since when drive cannot use it. Null: drive has not met it.'),
  retry_at: instant.nullable().describe('When drive tries it again.'),
});

export type ObjectProblem = z.infer<typeof objectProblemSchema>;
export type UnreadableObject = z.infer<typeof unreadableObjectSchema>;
