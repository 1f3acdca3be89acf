const BYTES = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Returns bytes as `512 B`, `3.4 KB`, `120 MB`, in thousands as OBS bills them. */
export function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  // 999.95 would become 1000.0.
  while (value >= 999.5 && unit < BYTES.length - 1) [value, unit] = [value / 1_000, unit + 1];
  const text = unit === 0 || value >= 99.95 ? String(Math.round(value)) : value.toFixed(1);
  return `${text} ${BYTES[unit]}`;
}

export const TIME_UNITS = [
  { en: 'd', zh: '天', ms: 86_400_000 },
  { en: 'h', zh: '小时', ms: 3_600_000 },
  { en: 'min', zh: '分钟', ms: 60_000 },
  { en: 's', zh: '秒', ms: 1_000 },
] as const;

/** Returns milliseconds in at most two units: `0 s`, `1 min 5 s`, `3 d 2 h`. */
export function duration(ms: number, language: 'en' | 'zh' = 'en'): string {
  let rest = Math.round(Math.abs(ms) / 1_000) * 1_000;
  const first = TIME_UNITS.findIndex((unit) => rest >= unit.ms);
  if (first < 0) return `0 ${TIME_UNITS[3][language]}`;
  const words: string[] = [];
  for (const unit of TIME_UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / unit.ms);
    rest -= count * unit.ms;
    if (count > 0) words.push(`${count} ${unit[language]}`);
  }
  return words.join(' ');
}

/** Returns milliseconds in one unit, the largest of which there are at least two and no rest: `90 min`, `26 h`, `2 d`. */
export function inOneUnit(ms: number, language: 'en' | 'zh' = 'en'): string {
  const rounded = Math.round(ms / 60_000) * 60_000;
  const fits = (unit: number): boolean => rounded % unit === 0 && rounded >= 2 * unit;
  const unit = TIME_UNITS.find(({ ms: one }) => fits(one)) ?? TIME_UNITS[2];
  return `${Math.round(rounded / unit.ms)} ${unit[language]}`;
}

/** Returns a count with separators: `20,000`. */
export function number(count: number): string {
  return count.toLocaleString('en-US');
}
