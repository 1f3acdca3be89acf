const AT_LEAST = 100;

/** Returns how many archives of a policy may be deleted at once. `share`: 1 to 100, of those that stand; at least 100 archives. */
export function mostDeletes(standing: number, share: number): number {
  return Math.max(AT_LEAST, Math.floor((standing * share) / 100));
}
