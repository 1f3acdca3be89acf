import * as z from 'zod';
import { layout, runOfKey } from '../store/layout.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import { invalidObject, missingObject } from '../store/object-error.ts';
import { phoneParts, storedParts } from '../store/parts/parts.ts';
import { countFitting } from '../store/parts/split.ts';
import type { Store } from '../store/store.ts';
import { metricsSchema } from './log/metrics.ts';
import { requestSchema, triggers } from './request.ts';

const INLINE_PHONES = 1000;
const PAGE_KEY = /^runs\/[\w-]+\/report\/[0-9a-f]+\.json$/;

export const phoneOutcomes = [
  ...(['exported', 'restored', 'failed', 'skipped', 'timed_out', 'cancelled'] as const),
];
export type PhoneOutcome = (typeof phoneOutcomes)[number];

export const runOutcomes = ['completed', 'partial', 'failed', 'skipped', 'cancelled'] as const;
export type RunOutcome = (typeof runOutcomes)[number];

/** What was seen on a restored phone. */
const checksSchema = z.object({
  /** Files that its archive lacks, from before the restore. `more`: CPH has cut the list. */
  leftovers: z
    .object({ count: z.int(), more: z.literal(true).optional(), paths: z.array(z.string()) })
    .optional(),
  /** Apps whose data had the uid of another phone: put right, or still wrong. */
  owners: z.object({ fixed: z.array(z.string()), wrong: z.array(z.string()) }).optional(),
  /** What could not be seen, or not completely. */
  unseen: z.array(z.enum(['leftovers', 'owners'])).optional(),
});

/** A command of a hook that failed. `result`: it ended so, CPH refused it, or its end was not seen. */
const hookFailureSchema = z.object({
  hook: z.enum(['before', 'after']),
  command: z.string(),
  result: z.enum(['failed', 'refused', 'no_answer']),
  code: z.string().optional(),
});

export type HookFailure = z.infer<typeof hookFailureSchema>;

export type ReportedChecks = z.infer<typeof checksSchema>;

export const reportedPhoneSchema = z.object({
  phone_id: z.string(),
  outcome: z.enum(phoneOutcomes),
  reason: z.string().optional(),
  code: z.string().optional(),
  bucket: z.string().optional(),
  key: z.string().optional(),
  size: z.number().optional(),
  etag: z.string().optional(),
  /** When the archive was verified. */
  verified_at: z.iso.datetime().optional(),
  /** Much smaller than the archives before it. */
  suspect: z.literal(true).optional(),
  attempts: z.number().int(),
  /** Of a restore: the archive, and the phone that it was exported from. */
  source: z
    .object({ phone_id: z.string(), run_id: z.string(), bucket: z.string(), key: z.string() })
    .optional(),
  /** Of a restore: the archive of the phone from before. */
  saved: z.string().optional(),
  /** Of a restored phone: from the first call until it ran again, in seconds. */
  seconds: z.number().optional(),
  ...checksSchema.shape,
  /** Commands of the policy's hooks that failed. */
  failed_hooks: z.array(hookFailureSchema).optional(),
  /** Keys of this phone's objects that no job confirms. Kept, because the phone has no verified archive. */
  unconfirmed_archive: z.array(z.string()).optional(),
  /** The sizes of these objects, in bytes. */
  unconfirmed_size: z.array(z.number()).optional(),
});

export type ReportedPhone = z.infer<typeof reportedPhoneSchema>;

const reportPages = phoneParts(reportedPhoneSchema, INLINE_PHONES);

export const countsSchema = z.object({
  selected: z.number().int(),
  exported: z.number().int(),
  /** Of a restore. */
  restored: z.number().int().optional(),
  failed: z.number().int(),
  skipped: z.number().int(),
  timed_out: z.number().int(),
  cancelled: z.number().int(),
});

export type Counts = z.infer<typeof countsSchema>;

/** What came of a drill. `seconds`: from its request until the last phone ran with its archive. */
export const drillSchema = z.object({
  policy: requestSchema.shape.policy,
  verdict: z.enum(['passed', 'failed']),
  seconds: z.number().optional(),
});

export const reportSchema = z.object({
  run_id: z.string(),
  kind: z.literal('restore').optional(),
  /** Becomes part of a key in the run index. */
  policy: requestSchema.shape.policy,
  trigger: z.enum(triggers),
  slot: z.string(),
  outcome: z.enum(runOutcomes),
  /** Why a run ended before it started. */
  reason: z.string().optional(),
  message: z.string().optional(),
  started_at: z.iso.datetime(),
  settled_at: z.iso.datetime(),
  counts: countsSchema,
  drill: drillSchema.optional(),
  listing_complete: z.boolean(),
  /** Servers of the policy that CPH does not know. */
  missing_servers: z.array(z.string()).optional(),
  /** How many archives are marked as suspect. */
  suspects: z.int().optional(),
  /** On how many phones a command of a hook failed. */
  failed_hooks: z.int().optional(),
  superseded_deleted: z.array(z.string()).optional(),
  /** Superseded archives that could not be deleted, and the code that says why. */
  leftovers: z.array(z.object({ key: z.string(), code: z.string() })).optional(),
  /** The sizes of these archives, in bytes; 0 where nobody knows. */
  leftover_size: z.array(z.number()).optional(),
  /** How many more keys the two lists before would have. The log has them all. */
  omitted: z.object({ superseded_deleted: z.int(), leftovers: z.int() }).optional(),
  /** What the run could not do and why, such as a right that a bucket does not grant. */
  not_done: z
    .array(z.object({ step: z.string(), code: z.string(), message: z.string() }))
    .optional(),
  /** The calls and the time of the run. */
  metrics: metricsSchema.optional().catch(undefined),
  phones: z.array(reportedPhoneSchema),
  /** Keys of the report's pages, with the ledger's prefix. */
  pages: z.array(z.string()).optional(),
});

export type Report = z.infer<typeof reportSchema>;

const reportObject = ledgerObject({
  key: layout.report,
  version: 1,
  schema: reportSchema,
  runsOf: ({ run_id }) => [run_id],
});

/** Returns a run's report; undefined while the run is not settled. Throws `object_newer` and `object_invalid`. */
export const readReport = reportObject.read;

/**
 * Writes a report once: up to 1,000 phones inline where they fit, else in pages, `report.json` last. It names its pages by their
 * content: those of a drive that was killed, and knew less, mean nothing. Returns the stored report: an earlier one is kept.
 */
export async function writeReport(
  store: Pick<Store, 'get' | 'put' | 'create' | 'list' | 'prefix'>,
  facts: Omit<Report, 'phones' | 'pages'>,
  phones: ReportedPhone[],
): Promise<Report> {
  const isPaged = countFitting(phones, INLINE_PHONES) < phones.length;
  const pages = isPaged ? await writePages(store, facts.run_id, phones) : undefined;
  const report: Report = {
    ...facts,
    ...(pages === undefined ? { phones } : { phones: [], pages }),
  };
  const created = await reportObject.create(store, report, facts.run_id);
  if (created === 'created') return report;
  const stored = await readReport(store, facts.run_id);
  if (stored === undefined) throw missingObject(layout.report(facts.run_id));
  return stored;
}

async function writePages(
  store: Pick<Store, 'put' | 'list' | 'prefix'>,
  runId: string,
  phones: ReportedPhone[],
): Promise<string[]> {
  const folder = layout.reportPages(runId);
  const stored = await storedParts(store, folder);
  const keys = (await reportPages.write(store, folder, phones, { stored })) ?? [];
  return keys.map((key) => store.prefix + key);
}

/** Returns all phones of a report, including its pages. Throws ObjectError, also for a missing page. */
export async function readReportedPhones(
  store: Pick<Store, 'get' | 'prefix'>,
  report: Report,
): Promise<ReportedPhone[]> {
  const keys = (report.pages ?? []).map((page) => {
    const key = page.slice(store.prefix.length);
    const isOwn = PAGE_KEY.test(key) && runOfKey(key) === report.run_id;
    if (page.startsWith(store.prefix) && isOwn) return key;
    throw invalidObject(
      layout.report(report.run_id),
      'names a page that is not a page of this run',
    );
  });
  return [...report.phones, ...(await reportPages.read(store, keys))];
}
