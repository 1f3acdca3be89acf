import * as z from 'zod';
import { PhonevaultError } from '../../errors.ts';
import { ofRun, readObject } from '../store/json.ts';
import { layout, runOfKey } from '../store/layout.ts';
import { metricsSchema } from './metrics.ts';
import { triggers } from './request.ts';
import type { Store } from '../store/store.ts';

const REPORT_VERSION = 1;
const INLINE_PHONES = 1000;
const PAGE_KEY = /^runs\/[\w-]+\/report\/\d{4,6}\.json$/;

export const phoneOutcomes = ['exported', 'failed', 'skipped', 'timed_out', 'cancelled'] as const;
export type PhoneOutcome = (typeof phoneOutcomes)[number];

export const runOutcomes = ['completed', 'partial', 'failed', 'skipped', 'cancelled'] as const;
export type RunOutcome = (typeof runOutcomes)[number];

const reportedPhoneSchema = z.object({
  phone_id: z.string(),
  outcome: z.enum(phoneOutcomes),
  reason: z.string().optional(),
  code: z.string().optional(),
  bucket: z.string().optional(),
  key: z.string().optional(),
  size: z.number().optional(),
  etag: z.string().optional(),
  attempts: z.number().int(),
  /** Objects of this phone in the run's folder that nothing vouches for; kept, since the phone has no verified archive. */
  unconfirmed_archive: z.array(z.string()).optional(),
});

export type ReportedPhone = z.infer<typeof reportedPhoneSchema>;

export const countsSchema = z.object({
  selected: z.number().int(),
  exported: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  timed_out: z.number().int(),
  cancelled: z.number().int(),
});

export type Counts = z.infer<typeof countsSchema>;

export const reportSchema = z.object({
  version: z.literal(REPORT_VERSION),
  run_id: z.string(),
  /** Becomes part of the key of the run's place in the index. */
  policy: z.string().regex(/^[a-z0-9-]{1,32}$/),
  trigger: z.enum(triggers),
  slot: z.string(),
  outcome: z.enum(runOutcomes),
  /** Why a run ended before it started. */
  reason: z.string().optional(),
  message: z.string().optional(),
  started_at: z.iso.datetime(),
  settled_at: z.iso.datetime(),
  counts: countsSchema,
  listing_complete: z.boolean(),
  superseded_deleted: z.array(z.string()).optional(),
  /** What the run cost up to this report; not in reports of earlier versions. */
  metrics: metricsSchema.optional().catch(undefined),
  phones: z.array(reportedPhoneSchema),
  /** Keys in the bucket of this report. */
  pages: z.array(z.string()).optional(),
});

export type Report = z.infer<typeof reportSchema>;

const pageSchema = z.object({
  version: z.literal(REPORT_VERSION),
  phones: z.array(reportedPhoneSchema),
});

/**
 * Writes a report once: phones inline up to 1,000, else in pages, report.json last.
 * Answers the report that stands, which is an earlier one's when there was one.
 */
export async function writeReport(
  store: Pick<Store, 'get' | 'create' | 'prefix'>,
  facts: Omit<Report, 'version' | 'phones' | 'pages'>,
  phones: ReportedPhone[],
): Promise<Report> {
  const paged = phones.length > INLINE_PHONES;
  const pages: string[] = [];
  for (let from = 0; paged && from < phones.length; from += INLINE_PHONES) {
    const key = layout.reportPage(facts.run_id, pages.length);
    const page = { version: REPORT_VERSION, phones: phones.slice(from, from + INLINE_PHONES) };
    await store.create(key, JSON.stringify(page));
    pages.push(store.prefix + key);
  }
  const report: Report = {
    version: REPORT_VERSION,
    ...facts,
    phones: paged ? [] : phones,
    ...(paged ? { pages } : {}),
  };
  const created = await store.create(layout.report(facts.run_id), JSON.stringify(report));
  return created === 'created' ? report : ((await readReport(store, facts.run_id)) ?? report);
}

/** Reads a run's report; undefined while the run is not settled. */
export async function readReport(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<Report | undefined> {
  const key = layout.report(runId);
  const object = await readObject(store, reportSchema, REPORT_VERSION, key);
  return object && ofRun(runId, key, object);
}

/** All phones of a report, its pages included. */
export async function readReportedPhones(
  store: Pick<Store, 'get' | 'prefix'>,
  report: Report,
): Promise<ReportedPhone[]> {
  const phones = [...report.phones];
  for (const page of report.pages ?? []) {
    const key = page.slice(store.prefix.length);
    const isOwn = PAGE_KEY.test(key) && runOfKey(key) === report.run_id;
    if (!page.startsWith(store.prefix) || !isOwn) {
      throw new PhonevaultError(
        'object_invalid',
        `the report of ${report.run_id} names a page that is none`,
      );
    }
    phones.push(...((await readObject(store, pageSchema, REPORT_VERSION, key))?.phones ?? []));
  }
  return phones;
}
