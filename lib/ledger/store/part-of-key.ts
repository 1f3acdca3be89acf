import * as z from 'zod';
import { POLICY_NAME, RESOURCE_ID, RUN_ID } from '../../names.ts';

/** Ids and names that become part of a key. They cannot point outside their folder. */
export const idSchema = z.string().regex(RESOURCE_ID, 'not an id');
export const policyNameSchema = z.string().regex(POLICY_NAME, 'not the name of a policy');
export const runIdSchema = z.string().regex(RUN_ID, 'not the id of a run');

/** An expanded object path: no part is empty, `.` or `..`. */
export const folderSchema = z
  .string()
  .max(1_024)
  .regex(/^(?!\.{1,2}(?:\/|$))[\w.+#=-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.+#=-]+)*$/, 'not a folder');
