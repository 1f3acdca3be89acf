import * as z from 'zod';
import { idSchema } from '../store/part-of-key.ts';

/** A listed phone, as a plan uses it. */
export const candidateSchema = z.object({
  phone_id: idSchema,
  phone_name: z.string(),
  server_id: z.string(),
  status: z.string(),
  image_version: z.string().optional(),
});
