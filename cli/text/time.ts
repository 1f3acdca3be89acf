import { TIME_UNITS } from '../../lib/amounts.ts';
import type { Language } from '../../lib/meanings/entry.ts';
import { wordsOf } from '../words/words.ts';

export { duration } from '../../lib/amounts.ts';

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

/** Returns an age (ms) in one unit: `just now`, `5 min ago`; a negative age is in the future: `in 3 h`. */
export function ago(ms: number, language: Language = 'en'): string {
  const words = wordsOf({ language }).common;
  const size = Math.abs(ms);
  if (size < 1_000) return words.now;
  const unit = TIME_UNITS.find(({ ms: least }) => size >= least) ?? TIME_UNITS[3];
  const text = `${Math.floor(size / unit.ms)} ${unit[language]}`;
  return ms < 0 ? words.in(text) : words.ago(text);
}
