import * as z from 'zod';
import { classOf } from '../obs/classes/classes.ts';
import type { ObjectBackend } from '../obs/storage/backend.ts';
import { allOf } from '../obs/storage/payload.ts';

export const classSchema = z.strictObject({
  bucket: z.string(),
  key: z.string(),
  storage_class: z
    .string()
    .transform((name, context) => {
      const known = classOf(name);
      if (known === undefined) context.addIssue('STANDARD, WARM, COLD or DEEP_ARCHIVE');
      return known ?? z.NEVER;
    })
    .describe('As OBS or as S3 names it.'),
});

/** Moves an object to a storage class as a lifecycle rule does: its ETag and its date stay. Returns false if it is unknown. */
export async function changeClass(
  backend: ObjectBackend,
  { bucket, key, storage_class }: z.infer<typeof classSchema>,
): Promise<boolean> {
  if (!(await backend.hasBucket(bucket))) return false;
  const found = await backend.open(bucket, key);
  if (found === undefined) return false;
  const { contentType, etag, lastModified, metadata } = found.record;
  const facts = {
    ...{ etag, lastModified, metadata, storageClass: storage_class },
    ...(contentType === undefined ? {} : { contentType }),
  };
  await backend.write(bucket, key, await allOf(found.body), facts);
  return true;
}
