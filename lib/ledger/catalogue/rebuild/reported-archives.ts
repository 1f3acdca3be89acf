import type { LateArchive } from '../../run/orphaned-jobs.ts';
import type { Plan, PlannedPhone } from '../../run/plan.ts';
import type { Report, ReportedPhone } from '../../run/report.ts';
import { type Archive, type ArchiveRead, includeSet } from '../archive.ts';
import { readFlags } from '../mark-read.ts';
import { generationAt, type Resets } from './resets.ts';

/** A run, with the phones of its plan and of its report, and the archives that arrived after the report. */
export type ReportedRun = {
  plan: Plan;
  /** Epoch ms. Counts where the report does not say when an archive was verified. */
  settledAt?: number;
  planned: readonly Pick<PlannedPhone, 'phone_id' | 'phone_name' | 'image_version'>[];
  reported?: readonly ReportedPhone[];
  late?: readonly LateArchive[];
  /** What came of reading archives to their end, by phone. */
  reads?: ReadonlyMap<string, ArchiveRead>;
  /** Superseded archives that could not be deleted. */
  leftovers?: readonly Leftover[];
};

/** The end of the key of an attempt's archive. */
const KEY = /([\w-]{1,32})-[1-9]\d?\.tar$/;

type LeftoverKind = NonNullable<Archive['flags']['leftover']>;

/** A superseded archive that stays in the bucket. `size`: 0 where nobody knows. */
export type Leftover = { key: string; size?: number };

/** Returns the verified archives of a run, and its leftovers, for the catalogue. Pure. */
export function reportedArchives(run: ReportedRun, resets: Resets): Archive[] {
  const { plan, planned, reported = [], late = [] } = run;
  const { terms, request, started_at } = plan;
  const { settledAt = started_at } = run;
  if (terms === undefined) return [];
  const phones = new Map(planned.map((phone) => [phone.phone_id, phone]));
  const includes = includeSet(terms.include, terms.exclude);
  const { run_id, policy, trigger } = request;
  const started = startOf(plan);
  const archiveOf = (
    phone_id: string,
    object: Pick<Archive, 'bucket' | 'key' | 'size' | 'etag' | 'verified_at'>,
    flags: Archive['flags'] = {},
  ): Archive => {
    const { phone_name = '', image_version } = phones.get(phone_id) ?? {};
    return {
      ...{ policy, phone_id, phone_name, run_id, trigger, started_at: started },
      ...{ ...object, includes },
      ...(image_version === undefined ? {} : { image_version }),
      flags: {
        ...generationAt(resets, phone_id, started_at),
        ...flags,
      },
    };
  };
  const ofReport = reported.flatMap(({ phone_id, ...phone }) => {
    const object = reportedObject(phone, settledAt);
    if (object === undefined) return [];
    const archive = archiveOf(phone_id, object, phone.suspect === true ? { suspect: true } : {});
    const read = run.reads?.get(phone_id);
    return [read === undefined ? archive : { ...archive, flags: readFlags(archive, read) }];
  });
  const arrived = late
    .filter(({ unconfirmed }) => unconfirmed !== true)
    .map(({ phone_id, key, size, etag, seen_at }) =>
      archiveOf(phone_id, {
        bucket: terms.bucket,
        key,
        size,
        etag,
        verified_at: Math.floor(seen_at),
      }),
    );
  const archives = [...ofReport, ...arrived];
  const verified = new Set(archives.map(({ key }) => key));
  const leftovers = leftoversOf(run, settledAt);
  return [
    ...archives,
    ...leftovers
      .filter(({ key }) => !verified.has(key))
      .map(({ phone_id, leftover, ...object }) =>
        archiveOf(phone_id, { bucket: terms.bucket, etag: '', ...object }, { leftover }),
      ),
  ];
}

/** Returns the superseded archives that stay, as a report names them. */
export function leftoversIn({
  leftovers = [],
  leftover_size = [],
}: Pick<Report, 'leftovers' | 'leftover_size'>): Leftover[] {
  return leftovers.map(({ key }, index) => ({ key, size: leftover_size[index] ?? 0 }));
}

/** Returns what a run has left in the bucket beside its archives. A key that is named twice is one. */
function leftoversOf(
  { reported = [], late = [], leftovers = [] }: ReportedRun,
  settledAt: number,
): (Pick<Archive, 'phone_id' | 'key' | 'size' | 'verified_at'> & { leftover: LeftoverKind })[] {
  const orphaned = { verified_at: settledAt, leftover: 'orphaned' as const };
  const all = [
    ...leftovers.flatMap(({ key, size = 0 }) => {
      const phone_id = KEY.exec(key)?.[1];
      const superseded = { verified_at: settledAt, leftover: 'superseded' as const };
      return phone_id === undefined ? [] : [{ phone_id, key, size, ...superseded }];
    }),
    ...reported.flatMap(({ phone_id, unconfirmed_archive = [], unconfirmed_size = [] }) =>
      unconfirmed_archive.map((key, index) => {
        return { phone_id, key, size: unconfirmed_size[index] ?? 0, ...orphaned };
      }),
    ),
    ...late
      .filter(({ unconfirmed }) => unconfirmed === true)
      .map(({ phone_id, key, size }) => ({ phone_id, key, size, ...orphaned })),
  ];
  return [...new Map(all.map((one) => [one.key, one])).values()];
}

/** Returns when a run started (epoch ms): its slot, which is a stamp such as `20260102T023000Z`. */
function startOf({ slot, started_at }: Plan): number {
  const iso = slot.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso) || started_at;
}

/** Returns the verified archive of a phone in a report. `settledAt` (epoch ms) counts when the report says no other time. */
export function reportedObject(
  phone: Omit<ReportedPhone, 'phone_id'>,
  settledAt: number,
): Pick<Archive, 'bucket' | 'key' | 'size' | 'etag' | 'verified_at'> | undefined {
  const { bucket, key, size, etag, verified_at: at } = phone;
  if (bucket === undefined || key === undefined) return undefined;
  if (size === undefined || etag === undefined) return undefined;
  return { bucket, key, size, etag, verified_at: at === undefined ? settledAt : Date.parse(at) };
}
