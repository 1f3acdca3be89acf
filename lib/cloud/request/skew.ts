const SKEW_LIMIT_MS = 15 * 60_000;

/** Returns by how many ms our clock is ahead of the service's; undefined while the service tolerates it. */
export function skewOf(dateHeader: string | undefined, now: number): number | undefined {
  const theirs = Date.parse(dateHeader ?? '');
  return Math.abs(now - theirs) > SKEW_LIMIT_MS ? now - theirs : undefined;
}

/** Returns "our clock is 20 min ahead of the service's", and what to do about it. */
export function skewText(skewMs: number): { message: string; hint: string } {
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  return {
    message: `our clock is ${minutes} min ${skewMs > 0 ? 'ahead of' : 'behind'} the service's`,
    hint: 'set the clock of this machine; signatures are valid for 15 minutes',
  };
}
