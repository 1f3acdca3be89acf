import * as z from 'zod';
import { fss } from '../model/error.ts';
import type { Destination } from '../model/function.ts';

const targetSchema = z.object({
  topic_urn: z.string().optional(),
  func_urn: z.string().optional(),
  bucket: z.string().optional(),
  prefix: z.string().optional(),
});

/** Parses the param of a destination, a JSON text. Throws FSS.0400. */
export function parseTarget({ param }: Destination): z.infer<typeof targetSchema> {
  try {
    return targetSchema.parse(JSON.parse(param));
  } catch {
    throw fss('FSS.0400', 'param');
  }
}
