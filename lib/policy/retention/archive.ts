import type { Policy } from '../schema/schema.ts';

/** The rules of a policy file. */
export type RetentionRules = NonNullable<Policy['retention']>;

/** What retention needs to know of an archive of a phone. Times in epoch ms. */
export type RetainedArchive = {
  /** When its run started. Ages and periods count from here. */
  time: number;
  /** Decides between archives of one time. */
  verified_at: number;
  /** A digest of the paths that it holds. */
  includes: string;
  /** When the phone was reset before it. Absent for a phone as it was created. */
  generation?: number | undefined;
  /** Much smaller than those before it: not good. */
  suspect?: boolean | undefined;
  pinned?: boolean | undefined;
  /** A person started its run. */
  manual?: boolean | undefined;
  /** The export of a phone before a restore: it takes no backup's place in a count. */
  beforeRestore?: boolean | undefined;
  /** An open run or restore needs it. */
  inUse?: boolean | undefined;
  /** The bucket refuses to delete it for now. */
  locked?: boolean | undefined;
  /** No backup: another attempt of its run has superseded it. */
  superseded?: boolean | undefined;
  /** No backup: no job confirms it. */
  orphaned?: boolean | undefined;
};

export const keepReasons = [
  ...(['newest', 'day', 'week', 'month', 'year', 'last_good'] as const),
  ...(['pinned', 'in_use', 'future', 'manual', 'locked'] as const),
] as const;
export type KeepReason = (typeof keepReasons)[number];

export type DeleteReason = 'expired' | 'over_count' | 'superseded' | 'orphaned';

/** What is to become of an archive, and why. */
export type Verdict<T> =
  | { archive: T; keep: true; reasons: KeepReason[] }
  | { archive: T; keep: false; reasons: DeleteReason[] };
