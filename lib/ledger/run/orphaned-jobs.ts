import pLimit from 'p-limit';
import * as z from 'zod';
import { type ContentOf, ledgerObject, wholeKey } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import { splitList } from '../store/parts/split.ts';
import { folderSchema, idSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

const MAX_ATTEMPTS = 1_000;
const READS_AT_ONCE = 8;

const orphanedAttemptSchema = z.object({
  phone_id: idSchema,
  phone_name: z.string(),
  image_version: z.string().optional(),
  server_id: z.string(),
  attempt: z.number().int(),
  /** When the job had succeeded and no archive was found. */
  absent_at: z.number().optional(),
  /** Empty when the response was lost or said that CPH is busy. Then only the key is watched. */
  jobs: z.array(z.object({ job_id: z.string(), request_id: z.string() })),
  /** Until when a key without a job is watched. */
  watch_until: z.number().optional(),
  /** Looks at its archive that failed in a row, and when the next is due. */
  failed: z.object({ times: z.int(), retry_at: z.number() }).optional(),
});

const orphanedJobs = ledgerObject({
  key: layout.orphanedJobs,
  version: 1,
  schema: z.object({
    run_id: z.string(),
    /** They keep their phones busy, and leave no archive. */
    kind: z.literal('restore').optional(),
    /** The number of this object, from 0, when one cannot hold all attempts of the run. */
    part: z.number().int().min(1).optional(),
    policy: z.string(),
    bucket: z.string(),
    folder: folderSchema,
    /** Until when their phones and servers count as busy. */
    busy_until: z.number(),
    /** Until when the jobs are polled and the keys watched. */
    until: z.number(),
    /** Polls that failed without a success in between: since when, how often, and when the next is due. */
    failed: z.object({ since: z.number(), times: z.int(), retry_at: z.number() }).optional(),
    attempts: z.array(orphanedAttemptSchema),
  }),
  runsOf: ({ run_id }) => [run_id],
});

export const lateArchiveSchema = z.object({
  phone_id: idSchema,
  attempt: z.number().int(),
  key: z.string(),
  size: z.number(),
  etag: z.string(),
  seen_at: z.number(),
  /** The job failed, or no job is known and the object is not a whole archive. */
  unconfirmed: z.literal(true).optional(),
});

const lateArchive = ledgerObject({ key: wholeKey, version: 1, schema: lateArchiveSchema });

/** Jobs that were, or may have been, running when their run settled. Polled so that no archive is lost. Times in epoch ms. */
export type OrphanedJobs = ContentOf<typeof orphanedJobs>;
export type LateArchive = z.infer<typeof lateArchiveSchema>;
export type OrphanedAttempt = z.infer<typeof orphanedAttemptSchema>;

/** Returns the jobs in one object of `open/late/`, by its id in the inbox; undefined when it is gone. Throws ObjectError. */
export async function readOrphanedJobs(
  store: Pick<Store, 'get' | 'list'>,
  id: string,
): Promise<OrphanedJobs | undefined> {
  const [runId = '', part = '0'] = id.split('.');
  return orphanedJobs.readListed(store, runId, Number(part));
}

/** Splits the orphaned attempts of a run into as many objects as they need. */
export function splitOrphanedJobs(jobs: Omit<OrphanedJobs, 'part'>): OrphanedJobs[] {
  return splitList(jobs.attempts, MAX_ATTEMPTS).map((attempts, part) => ({
    ...jobs,
    ...(part === 0 ? {} : { part }),
    attempts,
  }));
}

/** Returns the ids of all objects that may hold the jobs of a run with so many orphaned attempts. */
export function orphanIds(runId: string, attempts: number): string[] {
  // Attempts are small: objects are full before they reach the size of one.
  const parts = Math.ceil(attempts / MAX_ATTEMPTS);
  return Array.from({ length: parts }, (_, part) => (part === 0 ? runId : `${runId}.${part}`));
}

/** Returns the key of the object that holds these jobs. */
export function orphanedJobsKey({ run_id, part }: Pick<OrphanedJobs, 'run_id' | 'part'>): string {
  return layout.orphanedJobs(run_id, part);
}

/** Writes the jobs that are still polled; deletes the object when there are none. */
export async function writeOrphanedJobs(
  store: Pick<Store, 'put' | 'remove'>,
  jobs: OrphanedJobs,
): Promise<void> {
  if (jobs.attempts.length === 0) await store.remove([orphanedJobsKey(jobs)]);
  else await orphanedJobs.put(store, jobs, jobs.run_id, jobs.part);
}

/** Records an archive that landed after the run's report was written. Returns the first record, which stays. */
export async function recordLateArchive(
  store: Pick<Store, 'create' | 'get'>,
  runId: string,
  archive: LateArchive,
): Promise<LateArchive> {
  const key = layout.lateArchive(runId, archive.phone_id, archive.attempt);
  if ((await lateArchive.create(store, archive, key)) === 'created') return archive;
  return (await lateArchive.readCache(store, key)) ?? archive;
}

/** Returns the archives that landed after the report of a run. Throws ObjectError. */
export async function readLateArchives(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
): Promise<LateArchive[]> {
  const limit = pLimit(READS_AT_ONCE);
  const each = (await store.list(layout.lateArchives(runId))).map(({ key }) =>
    limit(() => lateArchive.readListed(store, key)),
  );
  return (await Promise.all(each)).filter((archive) => archive !== undefined);
}
