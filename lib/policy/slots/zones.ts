import { type Problem, show } from '../parse/validation-error.ts';
import { didYouMean, nearest } from '../parse/nearest.ts';
import { ZONE_NAMES } from './zone-names.ts';

export const ZONE_ALLOWED = 'an IANA time zone, such as Asia/Shanghai or UTC';

/** Names for a zone that are not similar to its IANA name. An abbreviation that several countries use is not among them. */
const ALIASES: Readonly<Record<string, string>> = {
  ...of(
    'Asia/Shanghai',
    'beijing peking china shenzhen guangzhou china_standard_time 北京 北京时间 上海 中国 中国标准时间 东八区 cst ctt bjt',
  ),
  ...of('Asia/Tokyo', 'jst'),
  ...of('Asia/Seoul', 'kst'),
  ...of('Asia/Hong_Kong', 'hkt 香港'),
  ...of('Asia/Singapore', 'sgt 新加坡'),
  ...of('UTC', 'z'),
};

function of(zone: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, zone]));
}

type Zoned = { timezone?: string | undefined };

/** Returns the zone in which the times of a policy are shown to people. */
export function messageZone(policy: {
  schedule?: Zoned | undefined;
  retention?: Zoned | undefined;
}): string {
  return policy.schedule?.timezone ?? policy.retention?.timezone ?? 'UTC';
}

/** UTC+8 as people write it. */
const CHINA_OFFSET = /^(?:utc|gmt)?\s*[+＋]?\s*0?8(?::?00)?$/i;
const ABBREVIATION = /^(?:SystemV\/)?[A-Z]{3,4}\d?$/;
const ABBREVIATIONS = 'Abbreviations mean several zones. Name a city, such as Asia/Shanghai.';

/**
 * Returns what is wrong with a time zone, with the zone that may be meant as the hint. A zone is a name of the IANA database
 * that this runtime also knows; runtimes know more names, such as abbreviations, with a meaning that surprises.
 */
export function zoneProblems(zone: string): Problem[] {
  if (!ZONE_NAMES.has(zone)) {
    return [
      {
        message: `${show(zone)} is not an IANA time zone`,
        allowed: ZONE_ALLOWED,
        hint: zoneHint(zone),
      },
    ];
  }
  if (isKnownHere(zone)) return [];
  return [
    {
      message: `${show(zone)} is newer than the time zones of this Node.js`,
      allowed: ZONE_ALLOWED,
      hint: 'Use a newer Node.js, or another zone with the same time.',
    },
  ];
}

function isKnownHere(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function zoneHint(zone: string): string | undefined {
  const trimmed = zone.trim();
  if (CHINA_OFFSET.test(trimmed)) return didYouMean('Asia/Shanghai');
  const city = (trimmed.split('/').at(-1) ?? '').toLowerCase().replaceAll(' ', '_');
  const alias = Object.hasOwn(ALIASES, city) ? ALIASES[city] : undefined;
  if (alias !== undefined) return didYouMean(alias);
  const names = [...ZONE_NAMES];
  const same = names.find((name) => name.toLowerCase() === trimmed.toLowerCase());
  if (same !== undefined) return didYouMean(same);
  if (ABBREVIATION.test(trimmed)) return ABBREVIATIONS;
  if (city === '') return undefined;
  const cityOf = names.find((name) => name.toLowerCase().endsWith(`/${city}`));
  return didYouMean(cityOf ?? nearest(trimmed, names));
}
