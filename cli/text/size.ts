const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Returns bytes as `512 B`, `3.4 KB`, `120 MB`, in thousands as OBS bills them. */
export function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  // 999.95 would become 1000.0.
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1_000, unit + 1];
  const text = unit === 0 || value >= 99.95 ? String(Math.round(value)) : value.toFixed(1);
  return `${text} ${UNITS[unit]}`;
}
