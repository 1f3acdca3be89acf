import { POLICY_NAME } from '../names.ts';
import * as z from 'zod';
import { ARCHIVE_TOKEN } from '../run/query/archives.ts';
import { PAGE_TOKEN } from '../run/query/runs/list-runs.ts';

/** The fields of bodies and queries. */
export const policyName = z
  .string()
  .regex(POLICY_NAME, 'must be a policy name: 1 to 32 of a-z 0-9 and -');

export const phoneId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be a phone id: 1 to 32 of A-Z a-z 0-9 _ and -');

export const phones = z
  .array(phoneId)
  .min(1)
  .max(1000)
  .describe("Limits the policy's selection to these phones.");

export const instant = z.iso
  .datetime({
    offset: true,
    error: 'must be a date and time with an offset, such as 2026-01-31T08:00:00Z',
  })
  .transform((text) => Date.parse(text));

export const flag = z
  .enum(['1', '0', 'true', 'false'])
  .transform((text) => text === '1' || text === 'true');

export const pageSize = (max: number) => z.coerce.number().int().min(1).max(max);

const NEXT = 'must be the `next` of the previous page';

/** Where a page of runs begins: the `next` of the previous page. */
export const cursor = z.string().max(300).regex(PAGE_TOKEN, NEXT);

/** Where a page of archives begins. */
export const archiveCursor = z.string().max(300).regex(ARCHIVE_TOKEN, NEXT);

const RUN_ID = /^[a-z0-9-]{1,80}$/;

export const runId = z.string().regex(RUN_ID, 'must be the id of a run');

export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}
