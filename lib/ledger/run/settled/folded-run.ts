import * as z from 'zod';
import { layout } from '../../store/layout.ts';
import { ledgerObject } from '../../store/ledger-object.ts';
import { phoneParts } from '../../store/parts/parts.ts';
import { countFitting } from '../../store/parts/split.ts';
import type { Store } from '../../store/store.ts';
import { readEventSchema } from '../events.ts';
import { lateArchiveSchema } from '../orphaned-jobs.ts';
import { planSchema, plannedPhoneSchema } from '../plan.ts';
import { reportedPhoneSchema, reportSchema } from '../report.ts';

const MAX_PHONES = 1_000;

/** A phone of which the run still has an archive: as the report and the plan have it, and what arrived after the report. */
const foldedPhoneSchema = reportedPhoneSchema.extend({
  ...plannedPhoneSchema.pick({ phone_name: true, server_id: true, image_version: true }).shape,
  late: z.array(lateArchiveSchema).optional(),
  /** What came of reading the archive to its end. */
  read: readEventSchema.optional(),
});

export type FoldedPhone = z.infer<typeof foldedPhoneSchema>;

const foldedParts = phoneParts(foldedPhoneSchema, MAX_PHONES);

const foldedSchema = z.object({
  plan: planSchema.omit({ policy: true, parts: true }),
  report: reportSchema.omit({ phones: true, pages: true }),
  /** The notification of the run; times in epoch ms. */
  notified: z
    .object({ at: z.number(), message_id: z.string().optional(), skipped: z.string().optional() })
    .optional(),
  /** Only phones whose archives stood when the run was folded. */
  phones: z.array(foldedPhoneSchema),
  /** The keys of the objects that hold the phones, when there are many. */
  parts: z.array(z.string().regex(/^runs\/[\w-]+\/report\.folded\/[0-9a-f]+\.json$/)),
});

const foldedObject = ledgerObject({
  key: layout.folded,
  version: 1,
  schema: foldedSchema,
  runsOf: ({ plan, report }) => [plan.request.run_id, report.run_id],
});

/** What is left of a run that settled long ago: one object, and parts only where very many of its archives stood. */
export type FoldedRun = z.infer<typeof foldedSchema>;

/** Returns what a run is folded into, without the phones in its parts; undefined when it is not folded. Throws ObjectError. */
export const readFolded = foldedObject.read;

/** Returns all phones of a folded run. Throws ObjectError. */
export async function readFoldedPhones(
  store: Pick<Store, 'get'>,
  { phones, parts }: FoldedRun,
): Promise<FoldedPhone[]> {
  return [...phones, ...(await foldedParts.read(store, parts))];
}

/**
 * Writes what a run is folded into once: its parts first. Only what a folded run has is taken of the plan and the report. Returns what is
 * stored, which may be an earlier one.
 */
export async function writeFolded(
  store: Pick<Store, 'get' | 'put' | 'create'>,
  { plan, report, ...facts }: Omit<FoldedRun, 'phones' | 'parts'>,
  phones: FoldedPhone[],
): Promise<FoldedRun> {
  const { run_id } = report;
  const isInline = countFitting(phones, MAX_PHONES) === phones.length;
  const parts = isInline
    ? []
    : ((await foldedParts.write(store, layout.foldedParts(run_id), phones)) ?? []);
  const folded: FoldedRun = {
    ...{ ...facts, plan: foldedSchema.shape.plan.parse(plan) },
    ...{ report: foldedSchema.shape.report.parse(report), phones: isInline ? phones : [], parts },
  };
  await foldedObject.create(store, folded, run_id);
  return (await readFolded(store, run_id)) ?? folded;
}
