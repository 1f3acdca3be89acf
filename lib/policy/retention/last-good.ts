import type { RetainedArchive } from './archive.ts';

const GRACE_MS = 30 * 86_400_000;

/** What a policy backs up of a phone now. Times in epoch ms. */
export type Present = {
  now: number;
  /** A digest of the paths. */
  includes: string;
  /** Since when the policy has these paths. Unknown counts as since now. */
  includesSince?: number | undefined;
  /** When the phone was last reset, if known. A later generation of an archive counts as well. */
  generation?: number | undefined;
};

/**
 * Returns the archives that protect a phone: the newest good one of the present paths and generation, and the newest good one from
 * before either changed, for 30 days and until there is a good one under the new. `archives` are of one phone and policy, newest
 * first.
 */
export function lastGood<T extends RetainedArchive>(
  archives: readonly T[],
  { now, includes, includesSince = now, generation: reset = 0 }: Present,
): Set<T> {
  const past = archives.filter(({ time }) => time <= now);
  const generationOf = ({ generation = 0 }: RetainedArchive): number => generation;
  const generation = past.reduce((last, own) => Math.max(last, generationOf(own)), reset);
  const good = past.filter(({ suspect }) => suspect !== true);
  const same = good.filter((archive) => archive.includes === includes);
  const present = same.find((archive) => generationOf(archive) === generation);
  const earlierGeneration = same.find((archive) => generationOf(archive) !== generation);
  const earlierIncludes = good.find((archive) => archive.includes !== includes);
  const isRecent = (change: number): boolean => now < change + GRACE_MS;
  const kept = [
    present,
    present === undefined || isRecent(generation) ? earlierGeneration : undefined,
    same.length === 0 || isRecent(includesSince) ? earlierIncludes : undefined,
  ];
  return new Set(kept.filter((archive) => archive !== undefined));
}
