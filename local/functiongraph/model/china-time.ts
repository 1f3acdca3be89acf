const UTC_OFFSET_MS = 8 * 3_600_000;

/** Formats a time as the API does: `2026-02-03T10:15:00+08:00`. */
export function chinaTime(ms: number): string {
  return `${new Date(ms + UTC_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}
