import type { Language } from '../../../lib/meanings/entry.ts';
import { inZone } from '../../text/time.ts';
import { en, type Words } from './en.ts';
import { zh } from './zh.ts';

const words: Record<Language, Words> = { en, zh };

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** How the page writes in one language. */
export type Text = {
  language: Language;
  /** For the attribute `lang`. */
  tag: string;
  words: Words;
  /** Returns an instant (ISO 8601, or epoch ms) on the clock of a zone, to the minute. */
  time(at: string | number, zone: string): string;
  /** Returns how long ago an instant is, or in how long it comes. */
  ago(at: string | number): string;
  /** Returns a duration (ms) in one unit. */
  duration(ms: number): string;
};

/** Returns how the page writes in a language at `now` (epoch ms). Pure. */
export function textIn(language: Language, now: number): Text {
  const own = words[language];
  const duration = (ms: number): string => {
    const size = Math.abs(ms);
    const [unit, one] = UNITS.find(([, least]) => size >= least) ?? UNITS[3];
    return `${Math.floor(size / one)} ${own.units[unit]}`;
  };
  return {
    language,
    tag: language === 'zh' ? 'zh-CN' : 'en',
    words: own,
    time: (at, zone) => inZone(msOf(at), zone).slice(0, 'YYYY-MM-DD hh:mm'.length),
    ago: (at) => {
      const age = now - msOf(at);
      if (Math.abs(age) < 1_000) return own.now;
      return age < 0 ? own.in(duration(age)) : own.ago(duration(age));
    },
    duration,
  };
}

const msOf = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));
