import * as z from 'zod';
import { layout, runOfKey } from '../store/layout.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import { missingObject } from '../store/object-error.ts';
import { phoneParts, storedParts } from '../store/parts/parts.ts';
import { folderSchema, idSchema, policyNameSchema, runIdSchema } from '../store/part-of-key.ts';
import type { Store } from '../store/store.ts';
import { requestSchema } from './request.ts';
import { thawTiers } from './restore-order.ts';

const PHONES_PER_PART = 1000;

/** The archive that is restored to a phone, as the catalogue had it. Times in epoch ms. */
const restoreSourceSchema = z.object({
  /** The phone that was exported. */
  phone_id: idSchema,
  phone_name: z.string(),
  policy: policyNameSchema,
  run_id: runIdSchema,
  bucket: z.string(),
  key: z.string(),
  /** In bytes. */
  size: z.number(),
  etag: z.string(),
  verified_at: z.number(),
  image_version: z.string().optional(),
});

export type RestoreSource = z.infer<typeof restoreSourceSchema>;

/** A phone of the run, as the inventory listed it. `verdict` is the outcome of a phone that is never exported,
 * or never restored. */
export const plannedPhoneSchema = z.object({
  phone_id: idSchema,
  phone_name: z.string(),
  server_id: z.string(),
  status: z.string(),
  image_version: z.string().optional(),
  /** The phone is in a transient state. It is exported once it runs. */
  waiting: z.boolean().optional(),
  verdict: z.object({ outcome: z.enum(['skipped', 'failed']), reason: z.string() }).optional(),
  /** Of a restore: what is restored to the phone. */
  source: restoreSourceSchema.optional(),
  /** Of a restore: the archive cannot be read before OBS has restored it. */
  cold: z.literal(true).optional(),
  /** Of a restore: the set of `path_sets` that the archive was to hold. */
  paths: z.number().int().optional(),
  /** Of a restore: the apps of the phone may have other uids than in the archive. That is put right, or only reported. */
  owners: z.enum(['fix', 'tell']).optional(),
  /** Of a restore: the run that exports the phone first. */
  safety_run: runIdSchema.optional(),
});

export type PlannedPhone = z.infer<typeof plannedPhoneSchema>;

const planParts = phoneParts(plannedPhoneSchema, PHONES_PER_PART);

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
  max_in_flight_per_server: z.union([z.number().int(), z.literal('auto')]),
  attempts: z.number().int(),
  /** The shell commands of each phone around its export. */
  hooks: z
    .object({
      before: z.array(z.string()),
      after: z.array(z.string()),
      timeout: z.number(),
      on_error: z.enum(['fail', 'continue']),
    })
    .optional(),
  /** The share of the archives that are read to their end, in percent. */
  read: z.number().optional(),
  notify: z.object({
    when: z.enum(['always', 'problems', 'change', 'never']),
    language: z.enum(['en', 'zh']),
    /** The zone of the policy's times in messages. */
    timezone: z.string().optional(),
  }),
});

export type Terms = z.infer<typeof termsSchema>;
export type HookTerms = NonNullable<Terms['hooks']>;

const pathSetSchema = z.object({ include: z.array(z.string()), exclude: z.array(z.string()) });
export type PathSet = z.infer<typeof pathSetSchema>;

/** What a restore does beside restoring. */
const restoreTermsSchema = z.object({
  restart: z.boolean(),
  reset_first: z.literal(true).optional(),
  thaw: z.enum(thawTiers).optional(),
  /** The policy whose archives a drill restores. */
  drill: z.object({ policy: policyNameSchema }).optional(),
  /** Of a drill: the command that each restored phone runs, and what it has to answer. */
  check: z.object({ command: z.string(), answer: z.string().optional() }).optional(),
  /** The paths under which restored phones are checked. */
  path_sets: z.array(pathSetSchema).optional(),
  /** The runs that export the phones first: what each of them exports, and where to. */
  safety_runs: z.array(
    z.object({
      run_id: runIdSchema,
      policy: policyNameSchema,
      bucket: z.string(),
      folder: folderSchema,
      include: z.array(z.string()),
      exclude: z.array(z.string()),
    }),
  ),
});

export type RestoreTerms = z.infer<typeof restoreTermsSchema>;

export const planSchema = z.object({
  request: requestSchema,
  slot: z.string(),
  /** Epoch ms. The deadline and the waits count from here. */
  started_at: z.number(),
  /** Set when the run failed before it started, such as for a missing policy or bucket. */
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Of a restore: only durations and limits mean something. */
  terms: termsSchema.optional(),
  restore: restoreTermsSchema.optional(),
  policy: z.object({ etag: z.string(), text: z.string() }).optional(),
  /** False when phones were created or deleted faster than the listing could be read. */
  listing_complete: z.boolean(),
  /** Servers of the policy that CPH does not know. */
  missing_servers: z.array(z.string()).optional(),
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

/**
 * Writes a plan once: first its parts, then `plan.json`, which makes the plan valid. Parts that an earlier drive wrote for other
 * phones have other keys, and mean nothing. Returns the stored plan, which may be an earlier one of another writer.
 */
export async function writePlan(
  store: Pick<Store, 'get' | 'put' | 'create' | 'list'>,
  plan: Omit<Plan, 'parts'>,
  phones: PlannedPhone[],
): Promise<{ plan: Plan; phones: PlannedPhone[] }> {
  const runId = plan.request.run_id;
  const folder = layout.planParts(runId);
  const isSplit = phones.length > PHONES_PER_PART;
  const stored = isSplit ? await storedParts(store, folder) : new Set<string>();
  const parts = (await planParts.write(store, folder, phones, { stored })) ?? [];
  const created = await planObject.create(store, { ...plan, parts }, runId);
  const found = await planObject.read(store, runId);
  if (found === undefined && created === 'exists') throw missingObject(layout.plan(runId));
  const isOwn = found === undefined || found.parts.join() === parts.join();
  const own = { plan: found ?? { ...plan, parts }, phones };
  return isOwn ? own : ((await readPlan(store, runId)) ?? own);
}

/** Returns the plan without its phones; undefined when the run is not planned yet. Throws ObjectError. */
export const readPlanHead = planObject.read;

/** Returns the plan and its phones in submission order; undefined when the run is not planned yet. */
export async function readPlan(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<{ plan: Plan; phones: PlannedPhone[] } | undefined> {
  const plan = await planObject.read(store, runId);
  return plan && { plan, phones: await planParts.read(store, plan.parts) };
}
