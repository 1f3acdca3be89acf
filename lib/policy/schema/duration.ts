/** In milliseconds. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
] as const;

export const DURATION_PATTERN =
  /^(?=\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;

/** Parses a duration such as "90s", "10m", "1h30m" or "1d" to milliseconds. Returns undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const counts = DURATION_PATTERN.exec(text)?.slice(1);
  return counts?.reduce(
    (sum, count, unit) => sum + Number(count ?? 0) * (UNITS[unit]?.[1] ?? 0),
    0,
  );
}

/** Formats milliseconds (whole seconds, not negative) for `parseDuration`: "1h30m", "0s". */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
