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
  return new Set((await readDeletions(store, runId)).flatMap(({ archives }) => archives));
}

/** Returns the records of a run's deleted archives: the key of each, and those of its archives. */
export async function readDeletions(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
): Promise<{ record: string; archives: string[] }[]> {
  const deletions = [];
  for (const { key: record } of await listFolder(store, layout.deletedFolder(runId))) {
    const found = await deletedObject.read(store, record);
    if (found === undefined) throw missingObject(record);
    deletions.push({ record, archives: found.archives.map(({ key }) => key) });
  }
  return deletions;
}
