import * as z from 'zod';
import { between, type Random } from '../../simulation/random.ts';

/** What the real service leaves open or does differently by edition and region. */
export const switchesSchema = z.strictObject({
  /** Of the export page: newer allows `~` and wants `*` at the end only (cph_api_0538). */
  edition: z.enum(['newer', 'older']).default('newer'),
  stoppedPhones: z.enum(['refuse', 'allow']).default('refuse'),
  /** A second job for a phone that has one. */
  busyPhones: z.enum(['refuse', 'queue', 'allow']).default('refuse'),
  /** Whether CPH may write to the bucket, and when it says so. */
  delegation: z.enum(['granted', 'fails_job', 'refuses_call']).default('granted'),
  /** Of accepted batch calls. */
  successStatus: z.union([z.literal(200), z.literal(201), z.literal(202)]).default(200),
  /** `missing` and `empty` accept the call, start nothing and name no job. */
  jobsAnswer: z.enum(['complete', 'missing', 'empty']).default('complete'),
  /** How often a running job shows status 0 or 3. */
  oddStatusRate: z.number().min(0).max(1).default(0),
  /** How often a failed export leaves half an archive. */
  partialObjectRate: z.number().min(0).max(1).default(0.3),
  /** What createCloudPhone names as its resource_id: the phone, or the order it came with. */
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
});

/** The limits that the service does not publish. */
export type Limits = z.infer<typeof limitsSchema>;

/** Limits drawn from the seed, each around the usual value; overrides win. */
export function drawLimits(random: Random, overrides: Partial<Limits> = {}): Limits {
  return {
    storageInfosPerCall: between(random, 5, 20),
    restoreInfosPerCall: between(random, 5, 20),
    phonesPerCall: between(random, 50, 100),
    writesPerMinute: between(random, 6, 20),
    readsPerMinute: between(random, 60, 200),
    exportsPerServer: between(random, 2, 6),
    ...overrides,
  };
}

/** Model milliseconds; pairs are ranges that the seed draws from. */
export type Timings = {
  exportBase: number;
  bytesPerSecond: number;
  /** Bytes of user data a phone is said to hold: they set how long its jobs take, not the archive. */
  dataBytes: readonly [number, number];
  creating: readonly [number, number];
  restarting: readonly [number, number];
  resetting: readonly [number, number];
  stopping: readonly [number, number];
  /** The longest a new job may stay unknown to the job calls. */
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
