import pLimit from 'p-limit';
import * as z from 'zod';
import { layout, runOfKey } from '../store/layout.ts';
import { ledgerObject, wholeKey } from '../store/ledger-object.ts';
import { missingObject } from '../store/object-error.ts';
import { splitList } from '../store/split.ts';
import { folderSchema, idSchema } from '../store/part-of-key.ts';
import { listKeys, type Store } from '../store/store.ts';
import { requestSchema } from './request.ts';

const PHONES_PER_PART = 1000;
const READS_AT_ONCE = 8;
const WRITES_AT_ONCE = 8;

/** A phone of the run, as the inventory listed it. `verdict` is the outcome of a phone that is never exported. */
const plannedPhoneSchema = z.object({
  phone_id: idSchema,
  phone_name: z.string(),
  server_id: z.string(),
  status: z.string(),
  image_version: z.string().optional(),
  /** The phone is in a transient state. It is exported once it runs. */
  waiting: z.boolean().optional(),
  verdict: z.object({ outcome: z.enum(['skipped', 'failed']), reason: z.string() }).optional(),
});

export type PlannedPhone = z.infer<typeof plannedPhoneSchema>;

/** The policy's settings at the start of the run: later edits do not change the run. Durations in ms. */
const termsSchema = z.object({
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  bucket: z.string(),
  /** The policy's expanded object path, which contains the folder of the run. */
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
  request: requestSchema,
  slot: z.string(),
  /** Epoch ms. The deadline and the waits count from here. */
  started_at: z.number(),
  /** Set when the run failed before it started, such as for a missing policy or bucket. */
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  terms: termsSchema.optional(),
  policy: z.object({ etag: z.string(), text: z.string() }).optional(),
  /** False when phones were created or deleted faster than the listing could be read. */
  listing_complete: z.boolean(),
  selected: z.number().int(),
  parts: z.array(z.string().regex(/^runs\/[\w-]+\/plan\/[\w-]+\.json$/)),
});

export type Plan = z.infer<typeof planSchema>;

const planObject = ledgerObject({
  key: layout.plan,
  version: 1,
  schema: planSchema,
  runsOf: ({ request, parts }) => [request.run_id, ...parts.map(runOfKey)],
});

const planPart = ledgerObject({
  key: wholeKey,
  version: 1,
  schema: z.object({ phones: z.array(plannedPhoneSchema) }),
});

/**
 * Writes a plan once: first its parts, under keys with `name`, which must belong to this list of phones, then `plan.json`, which makes the plan valid. Returns the
 * stored plan, which may be an earlier one of another writer.
 */
export async function writePlan(
  store: Pick<Store, 'get' | 'create' | 'list'>,
  name: string,
  plan: Omit<Plan, 'parts'>,
  phones: PlannedPhone[],
): Promise<{ plan: Plan; phones: PlannedPhone[] }> {
  const runId = plan.request.run_id;
  const limit = pLimit(WRITES_AT_ONCE);
  const lists = splitList(phones, PHONES_PER_PART);
  const written = lists.length > 1 ? await listKeys(store, layout.planParts(runId)) : new Set();
  const each = lists.map((list, part) =>
    limit(async () => {
      const key = layout.planPart(runId, name, part);
      if (!written.has(key)) await planPart.create(store, { phones: list }, key);
      return key;
    }),
  );
  const parts = await Promise.all(each);
  const created = await planObject.create(store, { ...plan, parts }, runId);
  const stored = await planObject.read(store, runId);
  if (stored === undefined && created === 'exists') throw missingObject(layout.plan(runId));
  const isOwn = stored === undefined || stored.parts.join() === parts.join();
  const own = { plan: stored ?? { ...plan, parts }, phones };
  return isOwn ? own : ((await readPlan(store, runId)) ?? own);
}

/** Returns the plan and its phones in submission order; undefined when the run is not planned yet. */
export async function readPlan(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<{ plan: Plan; phones: PlannedPhone[] } | undefined> {
  const plan = await planObject.read(store, runId);
  if (plan === undefined) return undefined;
  const limit = pLimit(READS_AT_ONCE);
  const parts = await Promise.all(plan.parts.map((key) => limit(() => readPart(store, key))));
  return { plan, phones: parts.flat() };
}

async function readPart(store: Pick<Store, 'get'>, key: string): Promise<PlannedPhone[]> {
  const part = await planPart.read(store, key);
  if (part === undefined) throw missingObject(key);
  return part.phones;
}
