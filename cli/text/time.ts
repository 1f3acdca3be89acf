const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** Returns a time (epoch ms) in a time zone: `2026-01-02 10:30:00 +08:00`. */
export function inZone(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  }).formatToParts(ms);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((one) => one.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')} ${offset}`;
}

/** Returns milliseconds in at most two units: `0 s`, `1 min 5 s`, `3 d 2 h`. */
export function duration(ms: number): string {
  let rest = Math.round(Math.abs(ms) / 1_000) * 1_000;
  const first = UNITS.findIndex(([, size]) => rest >= size);
  if (first < 0) return '0 s';
  const words: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${unit}`);
  }
  return words.join(' ');
}

/** Returns an age (ms) in one unit: `just now`, `5 min ago`; a negative age is in the future: `in 3 h`. */
export function ago(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return 'just now';
  const [unit, one] = UNITS.find(([, least]) => size >= least) ?? UNITS[3];
  const text = `${Math.floor(size / one)} ${unit}`;
  return ms < 0 ? `in ${text}` : `${text} ago`;
}
