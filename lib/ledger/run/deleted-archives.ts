import * as z from 'zod';
import { sha256hex } from '../store/digest.ts';
import { layout } from '../store/layout.ts';
import { ledgerObject, wholeKey } from '../store/ledger-object.ts';
import { listFolder, missingObject } from '../store/object-error.ts';
import { idSchema, runIdSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

const DIGITS = 32;

export const deleteReasons = ['expired', 'over_count', 'superseded', 'orphaned'] as const;

export const deletedArchiveSchema = z.object({
  phone_id: idSchema,
  key: z.string(),
  /** In bytes. */
  size: z.number(),
  reasons: z.array(z.enum(deleteReasons)),
});

/** An archive that retention deletes. */
export type DeletedArchive = z.infer<typeof deletedArchiveSchema>;

const deletedObject = ledgerObject({
  key: wholeKey,
  version: 1,
  schema: z.object({
    run_id: runIdSchema,
    bucket: z.string(),
    /** Epoch ms. */
    at: z.number(),
    archives: z.array(deletedArchiveSchema),
  }),
});

/**
 * Records archives of a run that were deleted, so that the catalogue is never rebuilt with them. The record is named by the archives:
 * the same deletion, repeated after a crash, is one record.
 */
export async function recordDeleted(
  store: Pick<Store, 'create'>,
  runId: string,
  { bucket, at, archives }: { bucket: string; at: number; archives: DeletedArchive[] },
): Promise<void> {
  const name = sha256hex(archives.map(({ key }) => key).join('\n')).slice(0, DIGITS);
  const content = { run_id: runId, bucket, at, archives };
  await deletedObject.create(store, content, layout.deletedArchives(runId, name));
}

/** Returns the keys of a run's archives that retention has deleted. */
export async function readDeleted(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
): Promise<Set<string>> {
  const deleted = new Set<string>();
  for (const { key } of await listFolder(store, layout.deletedFolder(runId))) {
    const found = await deletedObject.read(store, key);
    if (found === undefined) throw missingObject(key);
    for (const archive of found.archives) deleted.add(archive.key);
  }
  return deleted;
}
