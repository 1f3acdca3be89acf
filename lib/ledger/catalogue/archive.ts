import * as z from 'zod';
import { readResults } from '../run/events.ts';
import type { RunRequest } from '../run/request.ts';
import { sha256hex } from '../store/digest.ts';

const DIGITS = 16;

/** What came of reading an archive to its end. `absent`: the first included paths of which it holds nothing. */
const readSchema = z.looseObject({
  /** Epoch ms. */
  at: z.number(),
  result: z.enum(readResults),
  entries: z.int().optional(),
  files: z.int().optional(),
  bytes: z.number().optional(),
  absent: z.array(z.string()).optional(),
});

export type ArchiveRead = z.infer<typeof readSchema>;

/** What only some archives have. Flags of later versions are kept. */
export const flagsSchema = z.looseObject({
  /** When the phone was last reset before the export (epoch ms). Absent for a phone as it was created. */
  generation: z.number().min(0).optional(),
  /** Much smaller than the archives before it, or read and found missing, changed or broken. */
  suspect: z.literal(true).optional(),
  read: readSchema.optional(),
  /** The bucket refuses to delete it until then (epoch ms). */
  locked: z.number().min(0).optional(),
  /** Since when it is in the trash (epoch ms). */
  trashed: z.number().min(0).optional(),
  /** It is no backup: another attempt of its run has superseded it, or no job confirms it. */
  leftover: z.enum(['superseded', 'orphaned']).optional(),
});

type ArchiveFlags = z.infer<typeof flagsSchema>;

/** The paths of a backup. Two runs with the same digest back up the same paths. */
export type IncludeSet = { digest: string; include: string[]; exclude: string[] };

/** A verified archive of a phone, or a leftover, which only retention reads. Times in epoch ms. */
export type Archive = {
  policy: string;
  phone_id: string;
  phone_name: string;
  run_id: string;
  trigger: RunRequest['trigger'];
  bucket: string;
  key: string;
  /** When its run started: its slot, or when it was planned without one. Retention counts from here. */
  started_at: number;
  /** In bytes. */
  size: number;
  etag: string;
  verified_at: number;
  includes: IncludeSet;
  image_version?: string;
  flags: ArchiveFlags;
};

/** Returns a set of paths with its digest, which does not depend on their order. */
export function includeSet(include: readonly string[], exclude: readonly string[]): IncludeSet {
  const [included, excluded] = [[...include].sort(), [...exclude].sort()];
  const digest = sha256hex(JSON.stringify([included, excluded])).slice(0, DIGITS);
  return { digest, include: included, exclude: excluded };
}

/** A place in the order of a policy's archives: a time (epoch ms), then the id of a phone. */
export type Place = Pick<Archive, 'verified_at' | 'phone_id'>;

/** Compares places, oldest first. */
export function comparePlaces(a: Place, b: Place): number {
  return a.verified_at - b.verified_at || compareText(a.phone_id, b.phone_id);
}

/** Compares archives of all policies: a total order, newest first. */
export function compareNewest(a: ArchivePosition, b: ArchivePosition): number {
  return (
    b.verified_at - a.verified_at ||
    compareText(a.policy, b.policy) ||
    compareText(a.phone_id, b.phone_id) ||
    compareText(a.run_id, b.run_id)
  );
}

/** What the order of all archives depends on. */
export type ArchivePosition = Pick<Archive, 'verified_at' | 'policy' | 'phone_id' | 'run_id'>;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
