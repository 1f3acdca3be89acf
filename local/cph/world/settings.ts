import * as z from 'zod';
import { between, type Random } from '../../simulation/random.ts';

/** Behaviour that differs by edition or region of the real service, or is not documented. */
export const switchesSchema = z.strictObject({
  /** Of the export page: `newer` allows `~`, and `*` only at the end (cph_api_0538). */
  edition: z.enum(['newer', 'older']).default('newer'),
  stoppedPhones: z.enum(['refuse', 'allow']).default('refuse'),
  /** A second job for a busy phone. */
  busyPhones: z.enum(['refuse', 'queue', 'allow']).default('refuse'),
  /** Whether CPH may write to the bucket, and if not, where that shows. */
  delegation: z.enum(['granted', 'fails_job', 'refuses_call']).default('granted'),
  /** The status of accepted batch calls. */
  successStatus: z.union([z.literal(200), z.literal(201), z.literal(202)]).default(200),
  /** `missing` and `empty` accept the call but start no job. */
  jobsResponse: z.enum(['complete', 'missing', 'empty']).default('complete'),
  /** What an id of list-jobs does that has no visible job: it adds nothing, or refuses the list of all ids. */
  unknownRequest: z.enum(['ignored', 'refuses_list']).default('ignored'),
  /** What a server that does not exist does as a filter of phones: no phone matches, or the call is refused. */
  unknownServer: z.enum(['matches_none', 'refused']).default('matches_none'),
  /** The share of responses that show status 0 or 3 for a running job. */
  oddStatusRate: z.number().min(0).max(1).default(0),
  /** The share of failed exports that leave a partial archive. */
  partialObjectRate: z.number().min(0).max(1).default(0.3),
  /** What a restore does to files that the archive lacks, below a folder that it has. */
  restore: z.enum(['merge', 'replace']).default('merge'),
  /** The shell of commands: that of root, one without its rights, or root's with an older `find`, which lacks `-newerXY`. */
  shell: z.enum(['root', 'unprivileged', 'older']).default('root'),
  /** The resource_id of the trace createCloudPhone: the phone or the order. */
  traceResource: z.enum(['phone', 'order']).default('phone'),
});

export type Switches = z.infer<typeof switchesSchema>;

export const limitsSchema = z.strictObject({
  storageInfosPerCall: z.number().int().min(1),
  restoreInfosPerCall: z.number().int().min(1),
  phonesPerCall: z.number().int().min(1),
  writesPerMinute: z.number().int().min(1),
  readsPerMinute: z.number().int().min(1),
  exportsPerServer: z.number().int().min(1),
  exportsPerAccount: z.number().int().min(1),
  /** How calls a minute are counted. */
  window: z.enum(['sliding', 'fixed']),
  /** Whether a 429 names its limit. */
  hint: z.union([z.boolean(), z.stringbool()]),
});

/** Limits that the service does not publish. */
export type Limits = z.infer<typeof limitsSchema>;

/** Returns limits drawn from the seed around the usual values; overrides win. */
export function drawLimits(random: Random, overrides: Partial<Limits> = {}): Limits {
  return {
    storageInfosPerCall: between(random, 5, 20),
    restoreInfosPerCall: between(random, 5, 20),
    phonesPerCall: between(random, 50, 100),
    writesPerMinute: between(random, 6, 20),
    readsPerMinute: between(random, 60, 200),
    exportsPerServer: between(random, 2, 6),
    exportsPerAccount: 1_000_000,
    window: 'sliding',
    hint: true,
    ...overrides,
  };
}

/** Durations in simulated milliseconds; pairs are ranges that the seed draws from. */
export type Timings = {
  exportBase: number;
  bytesPerSecond: number;
  /** Nominal user data of a phone in bytes: sets the duration of its jobs, not the size of its archives. */
  dataBytes: readonly [number, number];
  creating: readonly [number, number];
  restarting: readonly [number, number];
  resetting: readonly [number, number];
  stopping: readonly [number, number];
  /** The maximum time before the job calls return a new job. */
  jobHidden: number;
  jobKept: number;
};

export const defaultTimings: Timings = {
  exportBase: 5_000,
  bytesPerSecond: 50_000_000,
  dataBytes: [50_000_000, 1_000_000_000],
  creating: [20_000, 60_000],
  restarting: [10_000, 30_000],
  resetting: [30_000, 90_000],
  stopping: [5_000, 15_000],
  jobHidden: 5_000,
  jobKept: 7 * 86_400_000,
};
