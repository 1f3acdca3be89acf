import * as z from 'zod';
import { ofRun, readObject } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import { folderSchema, idSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

export const ORPHANED_JOBS_VERSION = 1;

const orphanedAttemptSchema = z.object({
  phone_id: idSchema,
  phone_name: z.string(),
  server_id: z.string(),
  attempt: z.number().int(),
  /** When its job had ended well and no archive was seen. */
  absent_at: z.number().optional(),
  /** None: its answer was lost or said that CPH is busy, and only its key can be watched. */
  jobs: z.array(z.object({ job_id: z.string(), request_id: z.string() })),
  /** Then a key without a job is given up. */
  watch_until: z.number().optional(),
});

/** Jobs that were, or may have been, still running when their run settled: followed on, so that nothing that lands is lost. Times in epoch ms. */
const orphanedJobsSchema = z.object({
  version: z.literal(ORPHANED_JOBS_VERSION),
  run_id: z.string(),
  policy: z.string(),
  bucket: z.string(),
  folder: folderSchema,
  /** Until then their phones and servers count as busy. */
  busy_until: z.number(),
  /** Then they are given up. */
  until: z.number(),
  attempts: z.array(orphanedAttemptSchema),
});

export type OrphanedJobs = z.infer<typeof orphanedJobsSchema>;
export type OrphanedAttempt = z.infer<typeof orphanedAttemptSchema>;

export async function readOrphanedJobs(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<OrphanedJobs | undefined> {
  const key = layout.late(runId);
  const object = await readObject(store, orphanedJobsSchema, ORPHANED_JOBS_VERSION, key);
  return object && ofRun(runId, key, object);
}

export async function writeOrphanedJobs(
  store: Pick<Store, 'put' | 'remove'>,
  late: OrphanedJobs,
): Promise<void> {
  const key = layout.late(late.run_id);
  if (late.attempts.length === 0) await store.remove([key]);
  else await store.put(key, JSON.stringify(late));
}

/** What landed after its run was settled, as a write-once record beside the report. */
export async function recordLateArchive(
  store: Pick<Store, 'create'>,
  runId: string,
  entry: {
    phone_id: string;
    attempt: number;
    key: string;
    size: number;
    etag: string;
    seen_at: number;
    /** Nothing vouches for it: its job failed, or was never known and it is not whole. */
    unconfirmed?: true;
  },
): Promise<void> {
  const key = layout.lateArchive(runId, entry.phone_id, entry.attempt);
  await store.create(key, JSON.stringify({ version: ORPHANED_JOBS_VERSION, ...entry }));
}
