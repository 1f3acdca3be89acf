import { type Problem, show } from '../parse/validation-error.ts';
import { didYouMean, nearest } from '../parse/nearest.ts';

export const ZONE_ALLOWED = 'an IANA time zone, such as Asia/Shanghai or UTC';

// Common names for a zone that are not similar to its IANA name.
const ALIASES: Readonly<Record<string, string>> = {
  beijing: 'Asia/Shanghai',
  peking: 'Asia/Shanghai',
  china: 'Asia/Shanghai',
  shenzhen: 'Asia/Shanghai',
  guangzhou: 'Asia/Shanghai',
};

/** True for an IANA time zone. Offsets such as `+08:00`, which only some runtimes support, are not zones. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Returns what is wrong with a time zone, with a similar one as the hint. */
export function zoneProblems(zone: string): Problem[] {
  if (isZone(zone)) return [];
  return [
    {
      message: `${show(zone)} is not an IANA time zone`,
      allowed: ZONE_ALLOWED,
      hint: didYouMean(similarZone(zone)),
    },
  ];
}

function similarZone(zone: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone');
  const city = (zone.split('/').at(-1) ?? '').toLowerCase().replaceAll(' ', '_');
  return (
    ALIASES[city] ??
    zones.find((known) => known.toLowerCase().endsWith(`/${city}`)) ??
    nearest(zone, [...zones, 'UTC'])
  );
}
