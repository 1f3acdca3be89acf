import { type Problem, show } from '../parse/validation-error.ts';
import { nearest } from '../parse/nearest.ts';

// Names that people write for a zone and that no edit distance leads to.
const NICKNAMES: Readonly<Record<string, string>> = {
  beijing: 'Asia/Shanghai',
  peking: 'Asia/Shanghai',
  china: 'Asia/Shanghai',
  shenzhen: 'Asia/Shanghai',
  guangzhou: 'Asia/Shanghai',
};

/** True for a zone of the IANA data base. Offsets such as `+08:00`, which only some runtimes know, are refused. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a time zone, with the one that was probably meant. */
export function zoneProblems(zone: string): Problem[] {
  if (isZone(zone)) return [];
  const meant = suggestion(zone);
  return [
    {
      message: `${show(zone)} is not a time zone`,
      allowed: 'a zone of the IANA data base, such as Asia/Shanghai or UTC',
      hint: meant === undefined ? undefined : `Did you mean ${meant}?`,
    },
  ];
}

function suggestion(zone: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone');
  const city = (zone.split('/').at(-1) ?? '').toLowerCase().replaceAll(' ', '_');
  return (
    NICKNAMES[city] ??
    zones.find((known) => known.toLowerCase().endsWith(`/${city}`)) ??
    nearest(zone, [...zones, 'UTC'])
  );
}
