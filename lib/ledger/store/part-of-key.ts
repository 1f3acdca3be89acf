import * as z from 'zod';

/** An id that becomes part of a key: nothing that could lead out of its folder. */
export const idSchema = z.string().regex(/^[\w-]{1,64}$/, 'not an id');

/** An expanded object path, without a part that is empty, `.` or `..`. */
export const folderSchema = z
  .string()
  .max(1_024)
  .regex(/^(?!\.{1,2}(?:\/|$))[\w.+#=-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.+#=-]+)*$/, 'not a folder');
