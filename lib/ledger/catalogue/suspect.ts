/** As many archives before it say how large an archive should be. */
export const SIZES = 10;

/**
 * Returns whether an archive is suspiciously small: under half of the median of the phone's last archives of the same paths.
 * `last` has their sizes, ten at most. Without any, nothing is suspect.
 */
export function isSuspect(size: number, last: readonly number[]): boolean {
  const sizes = [...last].sort((a, b) => a - b);
  if (sizes.length === 0) return false;
  const middle = sizes.length >> 1;
  const upper = sizes[middle] ?? 0;
  const median = sizes.length % 2 === 1 ? upper : ((sizes[middle - 1] ?? 0) + upper) / 2;
  return size < median / 2;
}
