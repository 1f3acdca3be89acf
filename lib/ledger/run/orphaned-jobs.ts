import * as z from 'zod';
import { ofRun, readObject } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import { folderSchema, idSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';

export const LATE_VERSION = 1;

const lateTrySchema = z.object({
  phone_id: idSchema,
  phone_name: z.string(),
  server_id: z.string(),
  try: z.number().int(),
  /** When its job had ended well and no archive was seen. */
  absent_at: z.number().optional(),
  /** None: its answer was lost or said that CPH is busy, and only its key can be watched. */
  jobs: z.array(z.object({ job_id: z.string(), request_id: z.string() })),
  /** Then a key without a job is given up. */
  watch_until: z.number().optional(),
});

/** Jobs that were, or may have been, still running when their run settled: followed on, so that nothing that lands is lost. Times in epoch ms. */
const lateSchema = z.object({
  version: z.literal(LATE_VERSION),
  run_id: z.string(),
  policy: z.string(),
  bucket: z.string(),
  folder: folderSchema,
  /** Until then their phones and servers count as busy. */
  busy_until: z.number(),
  /** Then they are given up. */
  until: z.number(),
  tries: z.array(lateTrySchema),
});

export type Late = z.infer<typeof lateSchema>;
export type LateTry = z.infer<typeof lateTrySchema>;

export async function readLate(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<Late | undefined> {
  const key = layout.late(runId);
  const object = await readObject(store, lateSchema, LATE_VERSION, key);
  return object && ofRun(runId, key, object);
}

export async function writeLate(store: Pick<Store, 'put' | 'remove'>, late: Late): Promise<void> {
  const key = layout.late(late.run_id);
  if (late.tries.length === 0) await store.remove([key]);
  else await store.put(key, JSON.stringify(late));
}

/** What landed after its run was settled, as a write-once record beside the report. */
export async function recordLate(
  store: Pick<Store, 'create'>,
  runId: string,
  entry: {
    phone_id: string;
    try: number;
    key: string;
    size: number;
    etag: string;
    seen_at: number;
    /** Nothing vouches for it: its job failed, or was never known and it is not whole. */
    unconfirmed?: true;
  },
): Promise<void> {
  const key = layout.lateArchive(runId, entry.phone_id, entry.try);
  await store.create(key, JSON.stringify({ version: LATE_VERSION, ...entry }));
}
