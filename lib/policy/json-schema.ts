import * as z from 'zod';
import { policySchema } from './schema.ts';

/** The JSON Schema (draft 2020-12) of a policy file as people write it, for editors and the reference page. */
export function policyJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(policySchema, { io: 'input' }), title: 'Phonevault policy' };
}
