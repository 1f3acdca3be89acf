const EIGHT_HOURS = 8 * 3_600_000;

/** A time as the API writes it: `2026-02-03T10:15:00+08:00`. */
export function chinaTime(ms: number): string {
  return `${new Date(ms + EIGHT_HOURS).toISOString().slice(0, 19)}+08:00`;
}
