import pLimit from 'p-limit';
import * as z from 'zod';
import { ofRun, parseObject, readObject } from '../store/json.ts';
import { layout, runOfKey } from '../store/layout.ts';
import { folderSchema, idSchema } from '../store/part-of-key.ts';
import { requestSchema } from './request.ts';
import type { Store } from '../store/store.ts';

const PLAN_VERSION = 1;
const PHONES_PER_PART = 1000;
const PARTS_AT_ONCE = 8;

/** A phone of the run as the plan saw it. `verdict` ends it before anything is sent. */
const plannedPhoneSchema = z.object({
  phone_id: idSchema,
  phone_name: z.string(),
  server_id: z.string(),
  status: z.string(),
  image_version: z.string().optional(),
  /** In a passing state: not sent before the state has become exportable. */
  waiting: z.boolean().optional(),
  verdict: z.object({ outcome: z.enum(['skipped', 'failed']), reason: z.string() }).optional(),
});

export type PlannedPhone = z.infer<typeof plannedPhoneSchema>;

/** The policy's terms for this run, expanded: what the run needs and nothing that an edit could still change. Durations in ms. */
const termsSchema = z.object({
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  bucket: z.string(),
  /** The policy's object path, expanded; the run's own folder lies in it. */
  folder: folderSchema,
  deadline: z.number(),
  export_timeout: z.number(),
  wait_for_phones: z.number(),
  max_in_flight_per_server: z.number().int(),
  attempts: z.number().int(),
  notify: z.object({
    when: z.enum(['always', 'problems', 'change']),
    language: z.enum(['en', 'zh']),
  }),
});

export type Terms = z.infer<typeof termsSchema>;

const planSchema = z.object({
  version: z.literal(PLAN_VERSION),
  request: requestSchema,
  slot: z.string(),
  /** Epoch ms: the deadline and the waits count from here. */
  started_at: z.number(),
  /** Set when the run ends before it starts: no policy, a broken one, too large a selection, no bucket. */
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  terms: termsSchema.optional(),
  policy: z.object({ etag: z.string(), text: z.string() }).optional(),
  /** False when phones were created or deleted faster than the listing could be read. */
  listing_complete: z.boolean(),
  selected: z.number().int(),
  parts: z.array(z.string().regex(/^runs\/[\w-]+\/plan\/[\w-]+\.json$/)),
});

export type Plan = z.infer<typeof planSchema>;

const partSchema = z.object({
  version: z.literal(PLAN_VERSION),
  phones: z.array(plannedPhoneSchema),
});

/**
 * Writes a plan once: its parts under names of this writer, then plan.json, which alone makes it true.
 * Answers the plan that stands, which is another writer's when that one was first.
 */
export async function writePlan(
  store: Pick<Store, 'get' | 'create'>,
  writer: string,
  plan: Omit<Plan, 'parts' | 'version'>,
  phones: PlannedPhone[],
): Promise<{ plan: Plan; phones: PlannedPhone[] }> {
  const runId = plan.request.run_id;
  const parts: string[] = [];
  for (let from = 0; from < phones.length; from += PHONES_PER_PART) {
    const key = layout.planPart(runId, writer, parts.length);
    const part = { version: PLAN_VERSION, phones: phones.slice(from, from + PHONES_PER_PART) };
    await store.create(key, JSON.stringify(part));
    parts.push(key);
  }
  await store.create(layout.plan(runId), JSON.stringify({ version: PLAN_VERSION, ...plan, parts }));
  const statusOf = await readPlan(store, runId);
  return statusOf ?? { plan: { version: PLAN_VERSION, ...plan, parts }, phones };
}

/** Reads the plan and its phones in submission order; undefined when the run is not planned yet. */
export async function readPlan(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<{ plan: Plan; phones: PlannedPhone[] } | undefined> {
  const planKey = layout.plan(runId);
  const plan = await readObject(store, planSchema, PLAN_VERSION, planKey);
  if (plan === undefined) return undefined;
  ofRun(runId, planKey, plan.request);
  for (const key of plan.parts) ofRun(runId, planKey, { run_id: runOfKey(key) });
  const limit = pLimit(PARTS_AT_ONCE);
  const parts = await Promise.all(
    plan.parts.map((key) =>
      limit(async () => {
        const object = await store.get(key);
        return parseObject(partSchema, PLAN_VERSION, key, object?.body ?? '').phones;
      }),
    ),
  );
  return { plan, phones: parts.flat() };
}
